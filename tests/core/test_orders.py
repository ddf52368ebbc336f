import pytest

from hmi.core.orders import MOST, Order, is_done, read_orders

GOOD = """plant = "toy"
[[order]]
id = "4711"
product = "Cola 0.5"
quantity = 500
due = "2026-12-01T14:00"
[[order]]
id = "4712"
instruction = "changeover"
"""


def test_orders_are_read_whole():
    plant, (one, other) = read_orders(GOOD)
    assert plant == "toy"
    assert one == Order(id="4711", product="Cola 0.5", quantity=500.0, due="2026-12-01T14:00")
    assert other.instruction == "changeover" and other.quantity == 1.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "not TOML"),
        ('plant = "toy"\n', "order"),
        ('plant = "toy"\norder = []\n', "order"),
        (GOOD.replace("500", "-1"), "quantity"),
        (GOOD.replace("4712", "4711"), "4711 is there twice"),
        (GOOD.replace("quantity", "quantty"), "quantty"),
        (GOOD.replace("2026-12-01T14:00", "tomorrow"), "due"),
        (GOOD.replace('"4711"', '"47\\u000711"'), "id"),
        ("a" * 1_000_001, "too large"),
        ('plant = "toy"\n' + '[[order]]\nid = "x"\n' * (MOST + 1), "order"),
        ("[" * 5000, "no"),
    ],
)
def test_one_mistake_refuses_all_of_them(text: str, says: str):
    with pytest.raises(ValueError, match=says):
        read_orders(text)


@pytest.mark.parametrize(
    ("instruction", "jobs", "done"),
    [
        ("seal", [("seal", "finished")], True),
        ("seal", [("other", "finished")], False),
        ("", [("other", "finished")], True),
        ("seal", [("seal", "open"), ("seal", "abandoned")], False),
        ("seal", [], False),
    ],
)
def test_an_order_is_done_when_a_job_by_its_instruction_was_carried_out(
    instruction: str, jobs: list[tuple[str, str]], done: bool
):
    assert is_done(Order(id="1", instruction=instruction), jobs) is done
