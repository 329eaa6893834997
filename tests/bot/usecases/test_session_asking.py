"""The question box: asking, similar questions, changing, withdrawing, upvoting, moderating."""

from __future__ import annotations

from bot.model.sessions import QuestionState
from tests.session_world import announced, asks, code_in, facilitated, keys, questions, reads
from tests.world import World, find_button


async def test_similar_questions_are_shown_before_a_new_one_is_stored(world: World) -> None:
    """One of them can be upvoted instead, or the question asked all the same."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama ask How do small teams begin with open data?")
    reply = await world.says(world.zoe, f"ama demander #{number} How can a small team begin with open data?")
    assert reply.form is not None
    assert [button.action for button in reply.form.buttons] == [
        f"ama.upvote?question={next(iter((await questions(world, number)).values())).id}"
    ]
    assert len(await questions(world, number)) == 1
    await world.presses_in(world.zoe, reply.form)
    assert [each.votes for each in (await questions(world, number)).values()] == [1]
    await world.submits(world.zoe, reply.form)
    assert len(await questions(world, number)) == 2


async def test_typing_anyway_asks_without_looking(world: World) -> None:
    """For those who use no forms."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "plain on")
    await world.says(world.ben, f"ama ask #{number} How do small teams begin?")
    reply = await world.says(world.ben, f"ama ask #{number} How does a small team begin?")
    assert reply.form is None
    assert "ama ask anyway" in reads(reply)
    await world.says(world.ben, f"ama ask anyway #{number} How does a small team begin?")
    assert len(await questions(world, number)) == 2


async def test_sending_a_form_twice_asks_once(world: World) -> None:
    """Under one's name and anonymously."""
    await facilitated(world)
    number = await announced(world)
    for anonymous in ("0", "1"):
        form = (await world.says(world.ben, f"ama ask #{number}")).form
        assert form is not None
        for _ in range(2):
            await world.submits(world.ben, form, text=f"Question {anonymous}?", anonymous=anonymous)
    assert len(await questions(world, number)) == 2


async def test_nobody_upvotes_twice(world: World) -> None:
    """However often it is pressed; the author's own upvote is not given by asking."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama ask How do small teams begin?")
    question = (await questions(world, number))["How do small teams begin?"]
    assert question.votes == 0
    for _ in range(2):
        await world.says(world.zoe, f"ama appuyer {question.id}")
    assert (await questions(world, number))["How do small teams begin?"].votes == 1


async def test_an_author_can_edit_and_withdraw_and_nobody_else(world: World) -> None:
    """By typing and by pressing."""
    await facilitated(world)
    number = await announced(world)
    asked = await world.says(world.ben, "ama ask How do small teams begin?")
    question = (await questions(world, number))["How do small teams begin?"]
    assert asked.say is not None
    form = (await world.engine.press(find_button(asked.say, "Edit").action, world.caller(world.ben, pressed=True))).form
    assert form is not None
    await world.submits(world.ben, form, text="How do teams begin?")
    await world.says(world.zoe, f"ama modifier {question.id} Mine now")
    await world.says(world.zoe, f"ama retirer {question.id}")
    assert list(await questions(world, number)) == ["How do teams begin?"]
    await world.says(world.ben, f"ama edit {question.id} How do we begin?")
    assert list(await questions(world, number)) == ["How do we begin?"]
    await world.says(world.ben, f"ama withdraw {question.id}")
    assert await questions(world, number) == {}


async def test_a_code_opens_ones_own_anonymous_question(world: World) -> None:
    """To edit and to withdraw it; a wrong code opens nothing."""
    await facilitated(world)
    number = await announced(world)
    panel = (await asks(world, world.ben, "Why so slow?", number, anonymous=True)).form
    assert panel is not None
    code = code_in(panel)
    edit = (await world.says(world.ben, "ama edit")).form
    assert edit is not None
    wrong = await world.submits(world.ben, edit, code="bado-kiru-temu", text="Mine")
    assert dict(wrong.errors).keys() == {"code"}
    await world.submits(world.ben, edit, code=code.upper().replace("-", " "), text="Why is it slow?")
    assert list(await questions(world, number)) == ["Why is it slow?"]
    withdraw = (await world.says(world.ben, "ama withdraw")).form
    assert withdraw is not None
    await world.submits(world.ben, withdraw, code=code)
    assert await questions(world, number) == {}


async def test_where_moderators_see_who_asks_others_do_not(world: World) -> None:
    """It is said before one asks; the desk shows it, nobody else's card does."""
    await facilitated(world)
    number = await announced(world, more="moderators yes")
    form = (await world.says(world.ben, f"ama ask #{number}")).form
    assert form is not None
    assert "only moderators see who asks" in str(form.fields)
    await world.submits(world.ben, form, text="Why so slow?", anonymous="1")
    assert "anonymous; moderators see: Ben Okafor" in reads(await world.says(world.fatou, f"ama questions #{number}"))
    await world.says(world.zoe, "lang en")
    others = reads(await world.says(world.zoe, f"ama questions #{number}"))
    assert "“Why so slow?” · anonymous\n" in others
    assert "Ben" not in others


async def test_hiding_a_question_tells_its_author_why(world: World) -> None:
    """And nobody else; it can be put back."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama ask Who is to blame?")
    question = (await questions(world, number))["Who is to blame?"]
    form = (await world.says(world.fatou, f"ama hide {question.id}")).form
    assert form is not None
    await world.submits(world.fatou, form, reason="No names, please.")
    assert "No names, please." in reads(world.newest(world.ben).message)
    await world.says(world.zoe, "lang en")
    assert "Who is to blame?" not in reads(await world.says(world.zoe, f"ama questions #{number}"))
    await world.says(world.fatou, f"ama later {question.id}")
    assert (await questions(world, number))["Who is to blame?"].state is QuestionState.WAITING


async def test_merged_questions_count_everybody_once(world: World) -> None:
    """And an upvote for the one that is gone counts for the one that stays."""
    await facilitated(world)
    number = await announced(world)
    await asks(world, world.ben, "How do small teams begin?", number)
    await asks(world, world.zoe, "How does a small team begin?", number)
    one, two = (each.id for each in (await questions(world, number)).values())
    await world.says(world.ben, f"ama upvote {one}")
    await world.says(world.ben, f"ama upvote {two}")
    await world.says(world.fatou, f"ama merge {one} {two}")
    await world.says(world.zoe, f"ama appuyer {one}")
    found = {each.id: each for each in (await questions(world, number)).values()}
    assert (found[one].state, found[one].merged_into, found[two].votes) == (QuestionState.MERGED, two, 2)


async def test_one_person_has_only_so_many_questions_waiting(world: World) -> None:
    """So that nobody fills the box alone."""
    await facilitated(world)
    number = await announced(world)
    for word in ["alpha", "bravo", "carrot", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo"]:
        await world.says(world.ben, f"ama ask anyway What about {word}?")
    assert len(await questions(world, number)) == 10


async def test_sessions_and_questions_are_found_by_their_words(world: World) -> None:
    """Accents and capitals do not matter; what was hidden is not found."""
    await facilitated(world)
    number = await announced(world, title="Demandez à la présidente")
    await world.says(world.ben, "ama ask Where is our data kept?")
    found = reads(await world.says(world.ben, "ama list PRESIDENTE"))
    assert f"#{number}" in found
    found = reads(await world.says(world.ben, "ama list data kept"))
    assert "Where is our data kept?" in found
    question = (await questions(world, number))["Where is our data kept?"]
    await world.says(world.fatou, f"ama hide {question.id} Later, please.")
    await world.says(world.zoe, "lang en")
    assert "Nothing was found." in reads(await world.says(world.zoe, "ama list kept"))


async def test_the_home_card_shows_sessions_and_ones_own_questions(world: World) -> None:
    """With a press to answer, to ask and to change."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama ask How do small teams begin?")
    home = await world.opens_home(world.ben)
    assert "Ask a CIO" in reads(home)
    assert "My questions" in reads(home)
    await world.presses(world.ben, f"ama rsvp #{number} going", home)
    assert "Going" in reads(await world.opens_home(world.ben))
    assert keys(world, world.ben, number) == ["invite"]
