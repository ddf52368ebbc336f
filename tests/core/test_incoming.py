from hmi.core.incoming import Item


def test_one_line_says_all_of_an_item():
    plant = Item(
        id=7, kind="plant", name="toy.hmiplant", version=4, why="new labels", signed_by="A1", said="3 is in force"
    )
    assert plant.words == "   7 waiting: plant files, version 4, toy.hmiplant (new labels), signed by A1. 3 is in force"
    orders = Item(id=12, kind="orders", name="week.toml", state="accepted", decided_by="kim")
    assert orders.words == "  12 accepted by kim: orders, week.toml, signed by nobody whom this station trusts"
