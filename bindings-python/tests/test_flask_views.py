"""Views of every kind get the event, and none runs without one."""

from __future__ import annotations

import functools
import gc
import logging

import flask
import pytest
from flask.views import MethodView, View
from flask_wtf import CSRFProtect

import hookseal
from conftest import PUBLIC_URL, TOKEN, Signed, sign
from hookseal.flask import Webhook


@pytest.fixture
def app():
    return flask.Flask("tests")


@pytest.fixture
def hook(verifier):
    return Webhook(verifier)


@pytest.fixture
def ran():
    """What the views were called with."""
    return []


def logged(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        return view(*args, **kwargs)

    return wrapper


def opaque(view):
    def wrapper(*args, **kwargs):
        return view(*args, **kwargs)

    return wrapper


class Holder:
    """A decorator that is a class."""

    def __init__(self, view):
        self.inner = view
        self.__name__ = view.__name__

    def __call__(self, *args, **kwargs):
        return self.inner(*args, **kwargs)


def unsigned(app, path="/answer"):
    return app.test_client().post(path, data=b"a=1")


def delivered(app, verifier, path="/answer"):
    request = sign(verifier, Signed(url=path))
    return app.test_client().post(path, headers=request.headers, data=request.body)


# The wrong order.


def with_default(ran):
    def view(event=None):
        ran.append(event)
        return "ran"

    return view


def with_star(ran):
    def view(*args):
        ran.append(args)
        return "ran"

    return view


def asynchronous(ran):
    async def view(event=None):
        ran.append(event)
        return "ran"

    return view


@pytest.mark.parametrize("make", [with_default, with_star, asynchronous])
@pytest.mark.parametrize("between", [None, logged, opaque, Holder])
@pytest.mark.parametrize("where", ["app", "blueprint", "add_url_rule", "blueprint registered"])
def test_the_route_below_the_webhook(app, hook, ran, make, between, where):
    view = make(ran)
    blueprint = flask.Blueprint("calls", "tests")
    if where == "blueprint":
        blueprint.post("/answer")(view)
    elif where == "blueprint registered":
        blueprint.post("/answer")(view)
        app.register_blueprint(blueprint)
    elif where == "add_url_rule":
        app.add_url_rule("/answer", view_func=view, methods=["POST"])
    else:
        app.post("/answer")(view)
    decorated = between(view) if between else view
    with pytest.raises(hookseal.ConfigurationError, match="route above the webhook"):
        hook(decorated)
    assert ran == []


@pytest.mark.parametrize("between", [None, logged])
def test_the_rule_fills_the_place_of_the_event(app, hook, ran, between):
    with pytest.raises(hookseal.ConfigurationError, match="route above the webhook"):

        @hook
        @app.post("/<event>")
        def answer(event):
            ran.append(event)
            return "ran"


@pytest.mark.parametrize("decorate", [lambda view: view, logged])
def test_a_view_without_a_place_for_the_event(app, hook, decorate):
    def answer(): ...
    def only_keyword(*, number): ...

    class Calls:
        def post(self): ...

    for view in (answer, only_keyword, Calls().post, Calls.post):
        with pytest.raises(hookseal.ConfigurationError, match="takes no event"):
            hook(decorate(view))


@pytest.mark.parametrize("between", [None, logged, opaque, Holder, "partial"])
def test_a_function_that_is_registered_afterwards_without_its_webhook(
    app, hook, ran, between, caplog
):
    view = with_default(ran)
    between = functools.partial(functools.partial) if between == "partial" else between
    hook(between(view) if between else view)
    app.add_url_rule("/answer", "answer", view, methods=["POST"])
    assert unsigned(app).status_code == 500
    assert ran == []
    assert "route above the webhook" in caplog.text
    app.testing = True
    with pytest.raises(hookseal.ConfigurationError, match="unsigned"):
        unsigned(app)


def test_a_wrapper_that_is_registered_without_the_webhook(app, hook, ran):
    view = with_default(ran)
    app.post("/answer")(logged(view))
    hook(view)
    app.add_url_rule("/method", "method", Bound(ran).answer, methods=["POST"])
    hook(Bound([]).answer)
    assert unsigned(app).status_code == 500
    assert unsigned(app, "/method").status_code == 500
    assert ran == []


class Bound:
    def __init__(self, ran):
        self.ran = ran

    def answer(self, event=None):
        self.ran.append(event)
        return "ran"


def test_an_error_handler_does_not_run_the_view(app, hook, ran):
    view = with_default(ran)
    hook(view)
    app.post("/answer")(view)
    app.register_error_handler(Exception, lambda error: ("handled", 200))
    assert unsigned(app).text == "handled"
    assert ran == []


# The right order.


@pytest.mark.parametrize("above", [None, logged, opaque, Holder])
@pytest.mark.parametrize("below", [None, logged, opaque, Holder])
@pytest.mark.parametrize("in_blueprint", [False, True])
def test_other_decorators_above_and_below(app, verifier, hook, ran, above, below, in_blueprint):
    view = with_default(ran)
    view = hook(below(view) if below else view)
    view = above(view) if above else view
    blueprint = flask.Blueprint("calls", "tests")
    (blueprint if in_blueprint else app).post("/answer", endpoint="answer")(view)
    if in_blueprint:
        app.register_blueprint(blueprint)
    assert unsigned(app).status_code == 401
    assert ran == []
    assert delivered(app, verifier).text == "ran"
    (event,) = ran
    assert event.scheme == "plivo"


def test_a_factory_registers_other_views_too(app, verifier, hook):
    @app.get("/health")
    def health():
        return "well"

    @app.post("/answer")
    @hook
    def answer(event):
        return health()

    assert app.test_client().get("/health").text == "well"
    assert delivered(app, verifier).text == "well"
    assert unsigned(app).status_code == 401


def test_two_webhooks_may_share_a_function(app, verifier, hook, ran):
    view = with_default(ran)
    first, second = hook(view), Webhook("plivo", auth_token=TOKEN, public_url=PUBLIC_URL)(view)
    app.post("/first", endpoint="first")(first)
    app.post("/second", endpoint="second")(second)
    app.post("/both", endpoint="both")(hook(first))
    for path in ("/first", "/second"):
        assert delivered(app, verifier, path).text == "ran"
        assert unsigned(app, path).status_code == 401
    assert unsigned(app, "/both").status_code == 401


def test_the_event_may_be_a_keyword(app, verifier, hook):
    @app.post("/calls/<int:number>")
    @hook
    def answer(*, number, event):
        return f"{number} {event.scheme}"

    assert delivered(app, verifier, "/calls/7").text == "7 plivo"


def test_one_function_for_many_webhooks_is_looked_up_once(hook, monkeypatch):
    scans = []
    monkeypatch.setattr(gc, "get_referrers", lambda *them: scans.append(them) or [])
    view = with_default([])
    for _ in range(1000):
        hook(view)
    assert scans == [(view,)]


# Views of classes.


class Answers(MethodView):
    def __init__(self, ran):
        self.ran = ran

    def post(self, delivery, number):
        self.ran.append((type(self), delivery.scheme, number))
        return "posted"


class AsyncAnswers(Answers):
    async def post(self, event, number):
        self.ran.append((type(self), event.scheme, number))
        return "posted"


class Dispatching(View):
    methods = ("POST",)

    def __init__(self, ran):
        self.ran = ran

    def dispatch_request(self, event, number):
        self.ran.append((type(self), event.scheme, number))
        return "posted"


@pytest.mark.parametrize("base", [Answers, AsyncAnswers, Dispatching])
@pytest.mark.parametrize("every_request", [False, True])
@pytest.mark.parametrize("how", ["decorators", "around", "method", "with others"])
def test_views_of_classes(app, verifier, hook, ran, base, every_request, how):
    name = "dispatch_request" if base is Dispatching else "post"
    body = {"init_every_request": every_request}
    if how == "decorators":
        body["decorators"] = [hook]
    elif how == "with others":
        body["decorators"] = [logged, hook, logged]
    elif how == "method":
        body[name] = hook(getattr(base, name))
    view_class = type("Calls", (base,), body)
    view = view_class.as_view("calls", ran)
    if how == "around":
        view = hook(view)
        view.view_class = view_class
    app.add_url_rule("/calls/<int:number>", view_func=view, methods=["POST"])
    assert unsigned(app, "/calls/7").status_code == 401
    assert ran == []
    assert delivered(app, verifier, "/calls/7").text == "posted"
    assert ran == [(view_class, "plivo", 7)]


def test_a_decorator_on_methods_as_it_is_written(app, verifier, hook):
    class Calls(MethodView):
        @hook
        def post(self, event, number):
            return f"{type(self).__name__} {event.scheme} {number}"

        def get(self, number):
            return "open"

        @staticmethod
        @hook
        def put(event, number):
            return f"static {event.scheme} {number}"

    app.add_url_rule("/calls/<int:number>", view_func=Calls.as_view("calls"))
    assert delivered(app, verifier, "/calls/7").text == "Calls plivo 7"
    assert unsigned(app, "/calls/7").status_code == 401
    assert app.test_client().get("/calls/7").text == "open"
    assert app.test_client().put("/calls/7").status_code == 405


def test_a_class_is_not_a_view(hook):
    with pytest.raises(hookseal.ConfigurationError, match="decorators = "):
        hook(Answers)


# CSRF protection.


def protected(app, hook, exempt):
    csrf = CSRFProtect(app)
    app.secret_key = "a-secret-of-the-tests"

    @app.post("/answer")
    @hook
    def answer(event):
        return "ran"

    @app.post("/other")
    def other(): ...

    if exempt:
        csrf.exempt(answer)


def test_csrf_protection_is_named(app, verifier, caplog):
    protected(app, Webhook(verifier, name="calls"), exempt=False)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert delivered(app, verifier).status_code == 400
        assert unsigned(app, "/other").status_code == 400
    warnings = [record.getMessage() for record in caplog.records if "CSRF" in record.msg]
    assert len(warnings) == 1
    assert "webhook calls" in warnings[0]
    assert "csrf.exempt" in warnings[0]


def test_an_exempt_view_is_verified(app, verifier, hook, caplog):
    protected(app, hook, exempt=True)
    assert delivered(app, verifier).text == "ran"
    assert unsigned(app).status_code == 401
    assert "CSRF" not in caplog.text
