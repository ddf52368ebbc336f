"""Trusting servers from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hmi import cli
from hmi.drivers.certificates import fingerprint
from hmi.drivers.decisions import laid_down
from hmi.drivers.pki import Pki
from tests.drivers import papers
from tests.drivers.papers import paper

FILLER, CAPPER = paper("Filler"), paper("Capper", uri="urn:test:capper")
MARK = fingerprint(FILLER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in which two servers have knocked."""
    for certificate in (FILLER, CAPPER):
        Pki(tmp_path).reject(certificate)
    return tmp_path


@pytest.fixture
def trust(folder: Path, capsys: pytest.CaptureFixture[str]):
    """`hmi trust …` in that folder: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["trust", words[0], "--data", str(folder), *words[1:]])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_servers_showed_is_listed(trust):
    code, out, err = trust("list")
    assert (code, err) == (0, "")
    assert sorted(line.split()[0] + " " + line.split()[-1] for line in out.splitlines()) == [
        "rejected Capper",
        "rejected Filler",
    ]
    code, out, _ = trust("list", "--json")
    facts = {row["name"]: row for row in json.loads(out)["certificates"]}
    assert facts["Filler"]["fingerprint"] == MARK
    assert facts["Filler"]["application"] == [papers.URI]
    assert facts["Filler"]["hosts"] == ["filler.plant", "127.0.0.1"]
    assert facts["Filler"]["list"] == "rejected"


def test_nothing_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["trust", "list", "--data", str(tmp_path)]) == 0
    assert "No certificates yet" in capsys.readouterr().out
    assert cli.main(["trust", "list", "--data", str(tmp_path / "none")]) == 1
    assert "There is no data folder" in capsys.readouterr().err


@pytest.mark.cr("1.9")
def test_accepting_takes_the_whole_fingerprint_in_any_spelling(trust, folder: Path):
    code, _, err = trust("accept", MARK[:20])
    assert code == 1
    assert "whole fingerprint" in err
    assert not Pki(folder).entries("trusted")
    spelled = ":".join(MARK[i : i + 2] for i in range(0, 64, 2)).lower()
    code, out, _ = trust("accept", spelled)
    assert code == 0
    assert "is trusted now" in out
    assert [entry.certificate for entry in Pki(folder).entries("trusted")] == [FILLER]
    assert [entry.certificate for entry in Pki(folder).entries("rejected")] == [CAPPER]
    code, out, _ = trust("accept", MARK, "--json")
    assert (code, json.loads(out)["result"]) == (0, "is trusted already")
    code, _, err = trust("accept", "0" * 64)
    assert code == 1
    assert "no certificate" in err


def test_removing_takes_trust_away(trust, folder: Path):
    trust("accept", MARK)
    code, out, _ = trust("remove", MARK[:16])
    assert code == 0
    assert "no longer trusted" in out
    assert not Pki(folder).entries("trusted")
    assert trust("remove", MARK[:16])[0] == 1


def test_one_of_several_in_a_file_is_not_removed_with_the_others(trust, folder: Path):
    place = folder / "pki" / "issuers"
    place.mkdir()
    both = b"".join(c.public_bytes(Encoding.PEM) for c in (papers.authority(), paper("X")))
    (place / "both.pem").write_bytes(both)
    (entry, _) = Pki(folder).entries("issuers")
    code, _, err = trust("remove", fingerprint(entry.certificate))
    assert code == 1
    assert "by hand" in err
    assert (place / "both.pem").exists()


def test_show(trust):
    code, out, _ = trust("show", MARK[:8])
    assert code == 0
    assert papers.URI in out
    assert MARK in out
    code, out, _ = trust("show", MARK, "--json")
    assert json.loads(out)["thumbprint"]


def test_own_is_made_once_and_written_for_the_server(trust, folder: Path):
    out_file = folder / "station.der"
    code, out, _ = trust("own", "--out", str(out_file), "--json")
    facts = json.loads(out)
    assert code == 0
    assert fingerprint(x509.load_der_x509_certificate(out_file.read_bytes())) == facts["fingerprint"]
    assert facts["uri"].startswith("urn:")
    _, again, _ = trust("own", "--json")
    assert json.loads(again)["fingerprint"] == facts["fingerprint"]
    code, _, err = trust("own", "--out", str(folder / "none" / "station.der"))
    assert code == 1
    assert "cannot be written" in err
    (folder / "pki" / "own" / "cert.der").write_bytes(b"broken")
    code, _, err = trust("own")
    assert code == 1
    assert "cannot be read" in err


def test_a_file_that_holds_no_certificate_is_pointed_out(trust, folder: Path):
    (folder / "pki" / "trusted").mkdir()
    (folder / "pki" / "trusted" / "note.der").write_bytes(b"not a certificate")
    code, _, err = trust("list")
    assert code == 0
    assert "note.der holds no certificate" in err


def test_an_action_that_does_not_exist(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["trust", "everybody"]) == 2
    assert "invalid choice" in capsys.readouterr().err


def test_a_renewal_is_made_first_and_used_when_the_servers_know_it(trust, folder: Path):
    code, _, err = trust("renew", "--use")
    assert code == 1
    assert "hmi trust" in err
    _, out, _ = trust("own", "--json")
    before = json.loads(out)
    out_file = folder / "next.der"
    code, out, _ = trust("renew", "--out", str(out_file))
    assert code == 0
    assert "hmi trust renew --use" in out
    renewed = fingerprint(x509.load_der_x509_certificate(out_file.read_bytes()))
    assert renewed in out
    assert renewed != before["fingerprint"]
    assert json.loads(trust("own", "--json")[1]) == before
    code, out, _ = trust("renew", "--use")
    assert (code, renewed in out) == (0, True)
    after = json.loads(trust("own", "--json")[1])
    assert (after["fingerprint"], after["uri"]) == (renewed, before["uri"])


@pytest.mark.cr("2.8")
def test_each_decision_is_laid_down_for_the_journal(trust, folder: Path):
    trust("list")
    trust("accept", MARK[:20])
    assert laid_down(folder) == []
    trust("accept", MARK)
    trust("remove", MARK)
    trust("own")
    trust("renew")
    trust("renew")
    trust("renew", "--use")
    decisions = [decision for _, decision in laid_down(folder)]
    assert [decision.event for decision in decisions] == ["accepted", "removed", "renewal made", "renewed"]
    assert f"'Filler', {MARK}, is trusted from now on" in decisions[0].text
    assert all(decision.user and decision.station and decision.time_ns for decision in decisions)


def test_a_server_that_a_person_refused_stays_refused(trust, folder: Path):
    code, out, _ = trust("refuse", MARK[:12], "--why", "not one of ours")
    assert code == 0 and "is refused" in out
    facts = {row["name"]: row["list"] for row in json.loads(trust("list", "--json")[1])["certificates"]}
    assert facts == {"Filler": "refused", "Capper": "rejected"}
    Pki(folder).reject(FILLER)
    assert [entry.kind for entry in Pki(folder).find(MARK)] == ["refused"]
    decisions = [one for _, one in laid_down(folder)]
    assert [(one.event, one.why) for one in decisions] == [("refused", "not one of ours")]
    assert trust("accept", MARK, "--why", "it is, after all")[0] == 0
    assert [entry.kind for entry in Pki(folder).find(MARK)] == ["trusted"]


@pytest.mark.cr("1.8")
def test_a_certificate_is_asked_for_and_its_answer_is_judged(trust, folder: Path, tmp_path: Path):
    file = tmp_path / "station.csr"
    code, out, _ = trust("request", "--out", str(file), "--host", "panel7.plant")
    assert code == 0 and "hmi trust import" in out
    asked = x509.load_pem_x509_csr(file.read_bytes())
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "panel7.plant" in names.get_values_for_type(x509.DNSName)
    (tmp_path / "other.der").write_bytes(FILLER.public_bytes(Encoding.DER))
    code, _, err = trust("import", str(tmp_path / "other.der"))
    assert code == 1
    assert "another key" in err
    code, _, err = trust("import", str(tmp_path / "nothing.der"))
    assert code == 1
    assert "nothing.der cannot be read: No such file" in err
    (tmp_path / "text.der").write_bytes(b"no certificate")
    code, _, err = trust("import", str(tmp_path / "text.der"))
    assert code == 1
    assert f"{tmp_path / 'text.der'}: there is no certificate in it" in err
    trust("request", "--out", str(file))
    assert [decision.event for _, decision in laid_down(folder)] == ["request made"]


@pytest.mark.cr("1.8")
@pytest.mark.parametrize("host", ["", "panel 7", "a\nb", "DNS:x", "-x", "pänel", "x" * 254])
def test_a_name_that_no_computer_has_is_not_asked_for(trust, folder: Path, tmp_path: Path, host: str):
    code, _, err = trust("request", "--out", str(tmp_path / "station.csr"), f"--host={host}")
    assert code == 2
    assert "is no name or address of a computer" in err
    assert not (tmp_path / "station.csr").exists()
