"""A file comes in by the machine's door too: staged and judged, then committed, each once."""

from base64 import b64encode
from datetime import date
from uuid import uuid4

import pytest

from seawall.people import selectors as people
from seawall.people import services
from seawall.terms.rosters import OrganisationRegister
from tests.clinic.world import done, resident_id

pytestmark = pytest.mark.django_db
HEAD = "姓名,证件号码,出生日期,电话,岗位,见证人"
ROWS = (f"张三丰,{resident_id(date(1980, 5, 1), 811)},,,教师,", "李四,509999198005010099,,,,")


@pytest.fixture
def school(hall):
    item = OrganisationRegister(**hall.base(), name_zh="学校", kind="SCHOOL", sector="EDUCATION", leaf_id=hall.leaf)
    return int(str(done(services.organisation_register(hall.actor, [item]))[0].answer["organisation_id"]))


def test_a_roster_is_staged_then_committed_and_each_is_done_once(hall, machine, school):
    liaison = machine("ROSTER_LIAISON", ("organisation", school))
    text = "\n".join((HEAD, *ROWS))
    file = {"act": str(uuid4()), "kind": "roster", "filename": "r.csv", "content": text, "organisation_id": school}
    (staged,) = liaison.act("import_stage", file)["outcomes"]
    assert staged["answer"] == {"import_id": staged["answer"]["import_id"], "rows": 2, "refused": 1}
    assert liaison.act("import_stage", file)["outcomes"][0]["replayed"]
    encoded = {**file, "act": str(uuid4()), "content": "base64:" + b64encode(text.encode()).decode()}
    assert liaison.act("import_stage", encoded)["outcomes"][0]["answer"] == staged["answer"]
    commit = {"act": str(uuid4()), "import_id": staged["answer"]["import_id"]}
    (committed,) = liaison.act("import_commit", commit)["outcomes"]
    assert committed["answer"] == {"import_id": commit["import_id"], "done": 1, "refused": 1, "left": 0}
    assert liaison.act("import_commit", commit)["outcomes"][0]["replayed"]
    assert len(people.search(hall.actor, resident_id(date(1980, 5, 1), 811), "test")) == 1


def test_what_is_no_file_or_of_another_organisation_is_refused_in_words(hall, machine, school):
    liaison = machine("ROSTER_LIAISON", ("organisation", school))
    good = {"kind": "roster", "filename": "r.csv", "content": HEAD + "\n" + ROWS[0], "organisation_id": school}
    wrong = [{"content": "base64:%"}, {"kind": "cats"}, {"organisation_id": school + 1}, {"kind": "doses"}]
    outcomes = liaison.act("import_stage", *({"act": str(uuid4()), **good, **more} for more in wrong))["outcomes"]
    codes = [outcome["refusal"]["code"] for outcome in outcomes]
    assert codes == ["FILE_KIND", "FILE_KIND", "ORGANISATION_UNKNOWN", "NOT_PERMITTED"]
    (unknown,) = liaison.act("import_commit", {"act": str(uuid4()), "import_id": 1})["outcomes"]
    assert unknown["refusal"]["code"] == "IMPORT_UNKNOWN"
