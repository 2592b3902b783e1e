import pytest

from service.register.exporter import write
from service.register.importer import parse
from service.register.problems import RegisterError
from service.register.synthesis import listings, totals_for


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
@pytest.mark.parametrize("place", [0, 2])
def test_what_is_written_is_read_back(tmp_path, name, place):
    made = listings(totals_for(2020)[place])
    write(tmp_path / name, made, synthetic=True)
    parsed = parse(tmp_path / name)
    assert parsed.problems == []
    assert parsed.synthetic
    assert [(one.name, one.number, one.kind, one.sector) for one in parsed.listings] == [
        (one.name, one.number, one.kind, one.sector) for one in made
    ]


def test_where_a_file_cannot_be_written_the_reason_is_said(tmp_path):
    with pytest.raises(RegisterError, match=r"\.csv or \.xlsx"):
        write(tmp_path / "list.pdf", [], synthetic=True)
    with pytest.raises(RegisterError, match="cannot be written"):
        write(tmp_path / "none" / "list.csv", [], synthetic=True)
