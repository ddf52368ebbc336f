"""How a connection is protected, as plant.toml writes it."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.model import Connection
from hmi.core.plant.plant_toml import PlantFile, read_plant_file
from hmi.core.plant.security import normal, protection, variable

HEAD = """[plant]
id = "demo"
name = "Demo"
timezone = "UTC"
[[connection]]
id = "filler-1"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
"""


def read(*lines: str, driver: str = "opcua") -> tuple[PlantFile, list[Mistake]]:
    mistakes: list[Mistake] = []
    text = HEAD + "\n".join(lines)
    if driver == "modbus":
        text = text.replace('"opcua"', '"modbus"').replace("opc.tcp", "tcp")
    return read_plant_file({"plant.toml": text}, mistakes), mistakes


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"])
@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
def test_every_policy_and_mode(policy: str, mode: str) -> None:
    found, mistakes = read(f'security = "{policy}:{mode}"', 'user = "operator"')
    assert not mistakes
    assert found.connections[0].security == f"{policy}:{mode}"
    assert found.connections[0].user == "operator"
    assert not found.connections[0].allow_plain_password


def test_the_standard_s_spelling_is_the_same() -> None:
    found, mistakes = read('security = "Aes256_Sha256_RsaPss:Sign"', 'certificate_host = "plc7"')
    assert not mistakes
    assert found.connections[0].security == "Aes256Sha256RsaPss:Sign"
    assert found.connections[0].certificate_host == "plc7"
    assert normal("None") == "None"


@pytest.mark.parametrize(
    ("lines", "what", "mend"),
    [
        (['security = "none"'], "'none' is not a security policy", 'Write security = "None"'),
        (['security = "Basic256Sha265:Sign"'], "not a security policy", 'Write security = "Basic256Sha256:Sign"'),
        (['security = "Basic256Sha256"'], "does not say whether to sign", '"Basic256Sha256:SignAndEncrypt"'),
        (['security = "Basic256Sha256:sign"'], "'sign' is not a mode", '"Basic256Sha256:Sign"'),
        (['security = "Basic256:Sign"'], "Basic256 is broken", '"Basic256Sha256:SignAndEncrypt"'),
        (['security = "Basic128Rsa15:SignAndEncrypt"'], "Basic128Rsa15 is broken", "set up the server"),
        (['security = ""'], "is not a security policy", "Write security = "),
        (["security = 1"], "`security` must be", "Basic256Sha256:SignAndEncrypt"),
        (['user = "op"'], "'op' would go over the network in clear", "or allow_plain_password = true"),
        (['user = "a\\nb"'], "`user` must be a name", "Write user"),
        (['certificate_host = "a b"'], "`certificate_host` must be a host", "plc7.plant.local"),
    ],
)
@pytest.mark.cr("4.3")
def test_mistakes(lines: list[str], what: str, mend: str) -> None:
    found, mistakes = read(*lines)
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].line == 9
    assert mistakes[0].severity == "error"
    assert what in mistakes[0].what
    assert mend in mistakes[0].mend
    assert not found.connections


@pytest.mark.cr("4.1")
def test_a_password_has_no_place_in_a_plant_file() -> None:
    _, mistakes = read('security = "Basic256Sha256:Sign"', 'user = "op"', 'password = "geheim"')
    (mistake,) = mistakes
    assert (mistake.line, mistake.severity) == (11, "error")
    assert "readable by everybody" in mistake.what
    assert "hmi secret set filler-1" in mistake.mend
    assert "geheim" not in str(mistake)


def test_a_plant_file_may_name_a_secret_of_the_station() -> None:
    found, mistakes = read('security = "Basic256Sha256:Sign"', 'user = "op"', 'password = "secret:all-plcs"')
    assert not mistakes
    assert found.connections[0].secret == "all-plcs"
    for wrong in ("secret:", "secret:No Name", "all-plcs"):
        _, mistakes = read('security = "Basic256Sha256:Sign"', 'user = "op"', f'password = "{wrong}"')
        assert "readable by everybody" in mistakes[0].what


def test_what_holds_a_password_in_the_environment() -> None:
    assert variable("a-b_c") == "HMI_PASSWORD_A_B_C"


def test_in_clear_where_it_is_said_aloud() -> None:
    found, mistakes = read('user = "op"', "allow_plain_password = true")
    assert not mistakes
    assert found.connections[0].allow_plain_password


@pytest.mark.parametrize(
    "lines",
    [
        ["allow_plain_password = true"],
        ['security = "Basic256Sha256:Sign"', 'user = "op"', "allow_plain_password = true"],
        ['certificate_host = "plc7"'],
    ],
)
def test_what_does_nothing_is_pointed_out(lines: list[str]) -> None:
    found, mistakes = read(*lines)
    assert [(mistake.severity, "does nothing here" in mistake.what) for mistake in mistakes] == [("warning", True)]
    assert found.connections


def test_it_is_for_opc_ua_alone() -> None:
    _, mistakes = read('user = "op"', driver="modbus")
    assert ["`user` does nothing for modbus" in mistake.what for mistake in mistakes] == [True]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (['user_certificate = "hmi.pem"'], "proves nothing to a server that may be anybody"),
        (
            ['security = "Basic256Sha256:Sign"', 'user_certificate = "hmi.pem"', 'user = "op"'],
            "a session is for one user",
        ),
        (['security = "Basic256Sha256:Sign"', 'user_certificate = "../hmi.pem"'], "must be a file name"),
        (['security = "Basic256Sha256:Sign"', 'user_certificate = ".pem"'], "must be a file name"),
    ],
)
def test_a_user_s_certificate_that_cannot_be_used(lines: list[str], what: str) -> None:
    _, mistakes = read(*lines)
    assert [mistake for mistake in mistakes if what in mistake.what]


def test_a_user_s_certificate() -> None:
    found, mistakes = read('security = "Basic256Sha256:Sign"', 'user_certificate = "hmi.pem"')
    assert not mistakes
    assert found.connections[0].user_certificate == "hmi.pem"


@pytest.mark.parametrize(
    ("driver", "address", "security", "expected"),
    [
        ("opcua", "opc.tcp://plc:4840", "None", "none"),
        ("opcua", "opc.tcp://plc:4840", "Basic256Sha256:Sign", "signed"),
        ("opcua", "opc.tcp://plc:4840", "Aes256Sha256RsaPss:SignAndEncrypt", "encrypted"),
        ("modbus", "tcp://plc:502", "None", "none"),
        ("modbus", "rtu:///dev/ttyS0", "None", "none"),
        ("modbus", "tls://plc:802", "None", "encrypted"),
    ],
)
def test_what_protects_a_connection(driver: str, address: str, security: str, expected: str) -> None:
    assert protection(Connection("plc", driver, address, security=security)) == expected
