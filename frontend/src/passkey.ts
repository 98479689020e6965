/** Passkeys: a form marked `data-passkey` lets the device make a key, or sign with one, and sends what it answers. */

interface Listed {
  id: string;
}
interface Creation {
  challenge: string;
  user: { id: string };
  excludeCredentials?: Listed[];
}
interface Request {
  challenge: string;
  allowCredentials?: Listed[];
}
interface Offered {
  creation_options?: { publicKey: Creation };
  request_options?: { publicKey: Request };
}

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const written = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const listed = (keys: Listed[] | undefined): Listed[] => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) as unknown as string }));

/** Options as the server writes them, with the bytes that the browser wants. */
async function answered(offered: Offered): Promise<PublicKeyCredential | null> {
  const made = offered.creation_options?.publicKey;
  if (made) {
    const publicKey: unknown = {
      ...made,
      challenge: bytes(made.challenge),
      user: { ...made.user, id: bytes(made.user.id) },
      excludeCredentials: listed(made.excludeCredentials),
    };
    return (await navigator.credentials.create({ publicKey: publicKey as PublicKeyCredentialCreationOptions })) as PublicKeyCredential | null;
  }
  const asked = offered.request_options?.publicKey;
  if (!asked) return null;
  const publicKey: unknown = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
  return (await navigator.credentials.get({ publicKey: publicKey as PublicKeyCredentialRequestOptions })) as PublicKeyCredential | null;
}

/** What the device answered, as the server reads it. */
function sent(key: PublicKeyCredential): string {
  const said = key.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Record<string, string> = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const) {
    const buffer = said[part];
    if (buffer) response[part] = written(buffer);
  }
  return JSON.stringify({
    id: key.id,
    rawId: written(key.rawId),
    type: key.type,
    response,
    clientExtensionResults: key.getClientExtensionResults(),
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  const failed = form.querySelector<HTMLElement>("[data-failed]");
  const offered = JSON.parse(document.getElementById("passkey-options")?.textContent ?? "{}") as Offered;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (failed) failed.hidden = true;
    answered(offered)
      .then((key) => {
        if (!key) throw new Error("no key");
        const field = form.elements.namedItem("credential") as HTMLInputElement;
        field.value = sent(key);
        form.submit();
      })
      .catch(() => {
        if (failed) failed.hidden = false;
      });
  });
}
