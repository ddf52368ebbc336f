"""The jobs of an engine, put together: what was signed and what was open is there again after a restart."""

from hmi.core.steps.model import Read
from tests.engine.workshop import Workshop, instruction


async def test_a_restart_finds_what_was_open_and_every_verb_has_an_answer(tmp_path):
    one = instruction(Read(id="a", title="A"))
    made = Workshop(tmp_path, one)
    job = await made.start()
    again = made.again(one)
    try:
        assert again.room.find(job).job.is_open
        wanted = {"instructions", "jobs", "job_start", "job_act", "instruction_sign", "instruction_revisions"}
        assert wanted <= again.verbs.keys()
    finally:
        again.close()
