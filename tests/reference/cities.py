"""Writes docs/cities.md from the data dictionary of a city's folder: `python -m tests.reference.cities`."""

from collections.abc import Iterator
from pathlib import Path

from seawall.engines.tables import dictionary
from seawall.reference import tables

PAGE = Path(__file__).parents[2] / "docs" / "cities.md"
HEAD = """# A city is a folder

Nothing in the program names a place. What a city is, and what of its country the program must know, stands in a folder:

```sh
seawall city new mycity        # a small example city with a campaign that begins today, every column explained: edit it
seawall city check mycity      # every mistake at once, by file, row and column
seawall city load mycity       # takes it in with its campaigns, or nothing; again later: shows what would change by date
seawall init --site ADDRESS    # the first administrator's link; ADDRESS is where browsers reach this server. With --city it loads one first
seawall run                    # and open the link
```

## From the link to the first dose

What `city new` writes can be loaded as it is; a first try needs no edit. With ten areas of your own it takes half an hour. The page
**First steps** (`/console/first`) follows the same order and says what is done and who may do the next step.

1. The administrator chooses a password, sets up a second factor, and makes under **Staff** an account and a post each for a command
   office and a CDC cold-chain officer (area: the whole city), a district health officer (area: one planning unit), and, once the site
   is open, at the site (kind *site*, its code): a site day manager, a registrar and a station nurse.
2. The district officer opens the **site** (*Site* in the menu leads to the form while none is open).
3. A session has **duties**: site day manager, vaccinator, screening clinician, observation doctor, emergency clinician. Each is a post
   at the site, with or without an account of its own; vaccinator, screening clinician, observation doctor and station nurse each need a
   credential (vaccination training, or the certificate of the duty), recorded on the page of the post. One station nurse may then
   work every station from one account.
4. The site day manager plans the day on **Week**, sets the **Team**, and opens the session once what it needs is reported in place.
5. The cold-chain officer receives a **lot** at the store and sends packs to the site, where the manager takes them in. A lot has its
   release certificate and the temperatures of its way. Vials without a trace code: leave *First trace code* empty, and pick the vial
   from the list at injection.
6. The registrar registers a **person**, who then stands at *Arrival*; the nurse lets in, screens with the consent (a guardian's for a
   minor), injects, and after the observation lets go. A roster comes in by `seawall import`, or under **Rosters**. The plan of
   each evening counts the people who are registered, so until then the board speaks of those few.
7. In the evening the manager counts the stock and closes the **site** from its page, at any time after the last has left; units and
   the city close by themselves after the campaign's `cut_off`, or when the command office has the **Evening** run. Its page has the
   report of the day, the *dispatch*, afterwards; `seawall report --out FOLDER` writes it as files.
   A first try need not wait: an earlier `cut_off` in `campaign.toml` (and `closing` before it), loaded again, holds at once.

Two come with the program and show what may be said: [chongqing](../cities/chongqing) (three levels, Chinese and English, a planning
partition that is not the districts) and [los-rios](../cities/los-rios) in Chile (four levels, Spanish and English, numbers checked
by modulo 11, summer time).

- **Levels** are as many as the city has. The first holds everything, people live in the last, and `planned` is the level of the
  planning units. An area that changed its code, name or parent has a row for each span of days, all with the same `area`.
- **Names** come in a column for each language of the city: `name_en`, `name_zh`, `name_es`. One is enough; where a page's language
  has none, English stands there, or the city's own. Pages are written in Chinese and English, portal and stations in Spanish too.
  What campaigns and schedules name in English alone (groups, phases, findings, consents) gets its words in further languages from
  `names.csv`, a line for each English name. Nothing is written in Chinese, on paper neither, where the city's tables have none.
- **Roles, teams and readiness** are the program's where the city says nothing. A row of `roles.csv` changes one of the program's
  roles from a day on (its name, what it `gains` or `loses`, or that the city does not have it) or makes a new one; rights are the
  verbs of [verbs.md](verbs.md) and pages (`see:...`). `team.csv` says who must stand at a site, by its size, and `readiness.csv` what
  must be in place before a session opens: on a day of which such a table has rows, the program's own list does not hold.
- **Cancelled seats** can be booked again at the times of day of `seat_returns.csv`, so that nobody gains by watching for them; a seat
  with no such time before its own goes back at once, and so does everyone where there is no table. Who walks in, stands by for
  left-over doses or lost a seat has them before.
- **Numbers and days** are written as the language does; `[[format]]` in city.toml names another locale of CLDR for one (`es` in
  Chile: 12.400, 3 de sept de 2026).
- **Loading again** changes only what changed. It is refused, with all reasons at once, where people live or sites stand in an area
  that would be gone, where the plan has quotas for a unit that would be gone, where lots of a product are known, where persons
  hold a kind of document, and while a campaign runs for another time zone or country. The ids of areas stay.
- **A schedule of one's own** is a folder `programmes/CODE/` ([schedules.md](schedules.md)) with consents, questions and routes beside
  it; copy a shipped one from `src/seawall/engines/schedule/schedules/` and give it a code of its own, in `schedule.toml` too.
  `city new` writes a small one, los-rios has a whole one: `seasons.csv` says when a campaign dose is offered, `offers.csv` to
  whom. The season of the shipped `measles-sia` is of 2010: in another year it offers the routine catch-up alone.
- **Ancillary goods** are rows of `products.csv` with a `kind`: syringes, safety boxes, forms, drugs. They come, travel, are counted,
  lent and written off as vaccines are, and need no release certificate, no cold chain and no code (`code_kind` none); a form has no
  expiry. `needs.csv` says from a day on how many a dose, a site's day or a site needs: the closing of a day uses them up, the evening
  sends them with the vaccine (bundling), and a site that keeps fewer drugs than it must is shown. Without `needs.csv` nothing is
  used up by itself. Only vaccines are planned, booked and given.
- `campaigns/CODE/` holds one folder for each campaign ([planning.md](planning.md)). Its products must be of `products.csv` and of its
  schedule, its units those of the day on which it opens.
- `outlines.geojson` (optional) draws the planning units: `properties.name` is the unit's code, `crowded` leaves its name out.
  Without it, pages show `tiles.csv` or a list.
- **A rehearsal** (`./dev demo --city NAME`, or `seawall demo`) needs a folder `rehearsal/` and a campaign: how the city's people are
  called and distributed, which numbers belong to nobody, what its synthetic sites are called. Both cities have one; a table there
  goes before one of the same name in `src/seawall/engines/rehearsal/tables/`.
- **A country's plug** (`plugs`) brings what no table can say: `china` knows the resident number (`check` = `resident`, `residence`),
  public holidays with their make-up workdays, and spells Chinese names in Latin letters where `name_en` is empty.
"""
FILES = {"city": "city.toml", "format": "city.toml, each `[[format]]`", "level": "city.toml, each `[[level]]`"}


def _lines() -> Iterator[str]:
    yield HEAD
    for name, columns in dictionary(Path(tables.__file__).parent / "city.csv").items():
        yield f"## {FILES.get(name, f'{name}.csv')}\n"
        yield "| | type | | |\n|---|---|---|---|"
        for c in columns:
            rule = "" if not c.rule else c.rule.replace("one_of:", "").replace("|", ", ").replace("_", " ")
            kind = f"{c.type} ({c.unit})" if c.unit else c.type
            need = "required" if c.required else ""
            yield f"| `{c.column}` | {kind} | {', '.join(filter(None, [need, rule]))} | {c.description} |"
        yield ""


def text() -> str:
    return "\n".join(_lines()).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
