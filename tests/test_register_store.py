import pytest
from sqlalchemy import inspect

from service.store import DATABASE_VARIABLE, StoreError, engine


def test_the_tables_are_made(tmp_path):
    opened = engine(f"sqlite:///{tmp_path / 'own.db'}")
    assert {"employer_list", "employer_entry"} <= set(inspect(opened).get_table_names())


def test_the_address_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'set.db'}")
    engine()
    assert (tmp_path / "set.db").exists()


def test_without_an_address_the_user_has_an_own_file(tmp_path, monkeypatch):
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    engine()
    assert (tmp_path / ".local" / "share" / "psea" / "psea.db").exists()


@pytest.mark.parametrize(
    "address", ["nonsense", "nosuch://user:secret@host/x", "sqlite:////no/such/folder/x.db"]
)
def test_a_store_that_cannot_be_opened_is_explained_without_its_password(address):
    with pytest.raises(StoreError, match=DATABASE_VARIABLE) as caught:
        engine(address)
    assert "secret" not in str(caught.value)
