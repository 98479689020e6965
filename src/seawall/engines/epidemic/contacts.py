"""Contact matrices: spectral radius, next-generation matrix, and the ages that a matrix implies."""

import numpy as np
from numpy.typing import NDArray

from .scenario import Scenario

F = NDArray[np.float64]


def spectral_radius(matrix: F) -> float:
    """The largest absolute eigenvalue of a square matrix."""
    return float(np.abs(np.linalg.eigvals(np.asarray(matrix, np.float64))).max())


def next_generation(contacts: F, susceptibility: F, infectious_days: float) -> F:
    """Expected infections in group i by one infected person of group j among susceptibles, per unit of transmission.

    K[i, j] = u_i * C[i, j] * D * N_i / N_j has the same spectrum as u_i * C[i, j] * D, which is returned: the two are
    similar by diag(N). Diekmann, Heesterbeek & Metz 1990 (J Math Biol 28:365); Diekmann et al. 2010 (J R Soc
    Interface 7:873, section 2). The latent period does not enter: everybody exposed becomes infectious.
    """
    return np.asarray(susceptibility, np.float64)[:, None] * np.asarray(contacts, np.float64) * infectious_days


def transmission(scenario: Scenario) -> float:
    """The chance of transmission per contact: as given, or such that the basic reproduction number is `r0`."""
    disease = scenario.disease
    if disease.beta is not None:
        return disease.beta
    contacts = scenario.contacts if disease.reference is None else disease.reference
    if disease.r0 is None:
        raise ValueError("a disease needs r0 or beta")
    return disease.r0 / spectral_radius(next_generation(contacts, disease.susceptibility, disease.infectious_days))


def basic_reproduction(scenario: Scenario) -> float:
    """R0 of the scenario's own contacts: nobody immune, nobody vaccinated, no measure in force."""
    disease = scenario.disease
    matrix = next_generation(scenario.contacts, disease.susceptibility, disease.infectious_days)
    return transmission(scenario) * spectral_radius(matrix)


def ages_implied(contacts: F) -> F:
    """Shares of the population by group that make contacts balance: N_i C_ij = N_j C_ji for all pairs.

    Least squares of log N_j - log N_i = log C_ij - log C_ji over pairs with contacts both ways; exact where the matrix
    is balanced, as those of Mistry et al. 2021 (Nat Commun 12:323, equation 2) are.
    """
    matrix = np.asarray(contacts, np.float64)
    both = (matrix > 0) & (matrix.T > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(both, np.log(matrix) - np.log(matrix.T), 0.0)
    laplacian = np.diag(both.sum(axis=1).astype(np.float64)) - both
    found = np.linalg.lstsq(laplacian, -gap.sum(axis=1), rcond=None)[0]
    share = np.exp(found - found.max())
    return np.asarray(share / share.sum(), np.float64)


def growth_rate(reproduction: float, incubation_days: float, infectious_days: float) -> float:
    """Early exponential growth a day of an SEIR (or SIR) epidemic: (1 + r L)(1 + r D) = R, r its larger root.

    Wallinga & Lipsitch 2007 (Proc R Soc B 274:599), exponential stages.
    """
    latent, ill = incubation_days, infectious_days
    if latent == 0:
        return (reproduction - 1) / ill
    half = (latent + ill) / (2 * latent * ill)
    return float(-half + np.sqrt(half * half + (reproduction - 1) / (latent * ill)))


def final_size(contacts: F, susceptibility: F, people: F, infectious_days: float, beta: float, immune: F) -> F:
    """Attack rate by group when the epidemic is over, from an infinitesimal seed: the final-size equation.

    z_i = s_i (1 - exp(-beta u_i D sum_j C_ij z_j)), z_j the share of group j infected, s_i = 1 - immune_i; solved by
    monotone iteration from above (the largest solution). Andreasen 2011 (Bull Math Biol 73:2305); no deaths counted.
    """
    kernel = beta * next_generation(contacts, susceptibility, infectious_days)
    open_ = 1.0 - np.asarray(immune, np.float64)
    size = open_.copy()
    for _ in range(200_000):
        following = open_ * -np.expm1(-kernel @ size)
        if np.abs(following - size).max() < 1e-15:
            break
        size = following
    return np.asarray(size * (np.asarray(people) > 0), np.float64)
