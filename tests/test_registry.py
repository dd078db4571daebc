"""Plugins are found by name, alias and resource; what clashes and what does not hold is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from awstui import registry
from awstui.discovery import Broken
from awstui.plugin import Aws, Column, Field, Link, Plugin, Resource, Row
from awstui.registry import Registry, UnknownNameError, above, check, nested, way_down


def resource(name: str = "queues", **declared: Any) -> Resource:
    return Resource(name=name, rows="list_x", columns=(Column("Name"),), **declared)


def plugin(name: str = "mail", *resources: Resource, **declared: Any) -> Plugin:
    return Plugin(name=name, title=name.title(), resources=resources or (resource(),), **declared)


def test_a_plugin_answers_to_its_name_and_aliases_in_any_case() -> None:
    mail = plugin(aliases=("Post", "m"))
    known = Registry([mail])
    assert known.plugin("MAIL") is known.plugin("post") is known.plugin(" m ") is mail


def test_a_resource_is_named_with_a_dot_or_a_space_and_the_first_is_the_default() -> None:
    first, second = resource("boxes"), resource("letters")
    known = Registry([plugin("mail", first, second, aliases=("m",))])
    assert known.resource("m")[1] is first
    assert known.resource("mail.letters")[1] is second
    assert known.resource("M Letters")[1] is second


def test_an_unknown_name_says_what_is_near() -> None:
    known = Registry([plugin("mail", resource("letters"))])
    with pytest.raises(UnknownNameError, match=r"'mial'\. Did you mean mail\?"):
        known.plugin("mial")
    with pytest.raises(UnknownNameError) as caught:
        known.resource("mail.leters")
    assert caught.value.near == ("mail.letters",)


def test_clashing_aliases_are_told_and_never_hide_a_name() -> None:
    known = Registry(
        [plugin("a", aliases=("x", "b")), plugin("b", aliases=("X",)), plugin("c")], []
    )
    assert known.plugin("b").name == "b"
    assert known.plugin("x").name == "a"
    assert known.warnings == (
        "a and b both answer to 'b': it opens b",
        "b and a both answer to 'X': it opens a",
    )


def test_what_lies_under_rows_is_known_with_the_way_down_to_it() -> None:
    post = plugin(
        "mail",
        resource("boxes", child="letters", links=(Link("stamps", "stamps", key="t"),)),
        resource("letters", child="pages"),
        resource("pages"),
        resource("stamps", alone=True),
        resource("offices"),
    )
    boxes, letters, pages, stamps, offices = post.resources
    assert [above(post, one) for one in (boxes, offices)] == [[], []]
    assert above(post, pages) == [boxes, letters]
    assert [nested(post, one) for one in post.resources] == [False, True, True, False, False]
    assert way_down(post, letters, pages) == "enter"
    assert way_down(post, boxes, stamps) == "t"


def test_broken_plugins_stay_to_be_shown() -> None:
    broken = Broken("here", "odd", "it broke")
    assert Registry([], [broken]).broken == (broken,)


def test_every_plugin_of_ours_holds_to_the_contract() -> None:
    known = registry.load()
    assert not known.broken
    assert not known.warnings
    for one in known.plugins:
        assert check(one, known) == []
        assert registry.check_module(one) == []


def complaints(**declared: Any) -> list[str]:
    return [
        line.removeprefix("mail.queues: ") for line in check(plugin("mail", resource(**declared)))
    ]


@pytest.mark.parametrize("key", ["d", "/", "enter", "R"])
def test_keys_of_the_core_are_not_taken(key: str) -> None:
    link = Link("other", "queues", "Name", key)
    assert complaints(links=(link,)) == [f"link other takes {key!r}, a key of the core"]


def test_keys_do_not_clash_but_links_may_share() -> None:
    sharing = (Link("one", "queues", "A", "l"), Link("two", "queues", "B", "l"))
    assert complaints(links=sharing) == []
    boxes = resource("queues", links=sharing)

    @boxes.action("l", "Lose", effect="destroy")
    async def lose(aws: Aws, row: Row) -> None: ...

    assert check(plugin("mail", boxes)) == [
        "mail.queues: link two and action lose share the key 'l'"
    ]


def test_what_no_keyboard_sends_is_told() -> None:
    link = Link("other", "queues", "Name", "meta+x")
    assert complaints(links=(link,)) == ["link other has the key 'meta+x', which no keyboard sends"]


def test_effects_are_declared() -> None:
    boxes = resource("queues")

    @boxes.action("p", "Purge", effect="obliterate")  # type: ignore[arg-type]
    async def purge(aws: Aws, row: Row) -> None: ...

    assert check(plugin("mail", boxes)) == ["mail.queues: purge has effect 'obliterate'"]


def test_ways_that_lead_nowhere_are_told() -> None:
    links = (Link("there", "nowhere"), Link("else", "phone.calls", "X"))
    assert complaints(child="letters", links=links) == [
        "its child 'letters' does not exist",
        "link 'there' leads to 'nowhere', which does not exist",
    ]
    boxes = resource("queues", links=links[1:])
    known = Registry([plugin("mail", boxes)])
    assert "phone.calls" in check(known.plugins[0], known)[0]


def test_columns_have_short_unique_titles_and_readable_expressions() -> None:
    columns = (Column("Name"), Column("Name"), Column("A very long title of it", "a - b"))
    odd = Resource(name="queues", rows="list_x", columns=columns)
    told = " ".join(check(plugin("mail", odd)))
    assert "2 columns are called 'Name'" in told
    assert "longer than 16" in told
    assert "'a - b' is no JMESPath" in told


def test_functions_are_of_the_kind_that_is_called() -> None:
    def rows(aws: Aws, parent: Row) -> list[Row]:
        return []

    odd = Resource(name="queues", rows=rows, columns=(Column("Name"),))  # type: ignore[arg-type]

    @odd.action("x", "Run", effect="change", ask=[Field("rate", "Rate")])
    async def run(aws: Aws, row: Row) -> None: ...

    assert check(plugin("mail", odd)) == [
        "mail.queues: `rows` is neither an operation's name nor an async generator",
        "mail.queues: run asks for 'rate', but run does not take it",
    ]


def test_a_link_into_a_view_needs_the_view_and_a_way_to_find_its_row() -> None:
    async def find(aws: Aws, wanted: str) -> AsyncIterator[Row]:
        yield {"Name": wanted}

    boxes = resource("boxes", find=find)
    boxes.view("t", "tail")(tail)
    bare = resource("bare")
    bare.view("t", "tail")(tail)
    links = (
        Link("good", "boxes", "Name", "L", view="tail", at="When"),
        Link("no view", "boxes", "Name", view="nothing"),
        Link("no find", "bare", "Name", view="tail"),
        Link("no row", "boxes", view="tail"),
        Link("no reason", "boxes", "Name", at="When"),
    )
    mail = plugin("mail", resource("queues", links=links), boxes, bare)
    assert [line.removeprefix("mail.queues: ") for line in check(mail, Registry([mail]))] == [
        "link 'no view' opens the view 'nothing' of boxes, which does not exist",
        "link 'no find' opens a view of bare, but that has no `find`",
        "link 'no row' opens a view of boxes, but this names no row of it",
        "link 'no reason' has a moment, but no view that could go there",
    ]


def tail(row: Row) -> Any:
    """A view, as far as a declaration is looked at."""
