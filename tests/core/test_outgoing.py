from hmi.core.outgoing import NOWHERE, Block, Shipment, TagFacts


def block(seq: int, tag: int, t0: int, n: int = 3) -> Block:
    nothing = (None,) * 3
    return Block(tag, t0, seq, t0 + 1, n, n, 0, 0, 0, *nothing, 1.0, 1.0, None, 0, None, 7, None, seq * 100 + tag)


def test_places_are_in_the_order_of_sending():
    places = [block(*key).place for key in ((0, 5, 9), (1, 0, -5), (1, 0, 4), (1, 1, -9))]
    assert places == sorted(places) and min(places) > NOWHERE


def test_a_shipment_goes_as_far_as_its_last_block():
    blocks = (block(0, 1, 5), block(2, 3, 4, n=10))
    shipment = Shipment(20_000, blocks, {7: b"x"}, {1: TagFacts(1, "a", "c", "float64", "", "")}, 100)
    assert (shipment.place, shipment.mark, shipment.samples) == ((2, 3, 4), 203, 13)
