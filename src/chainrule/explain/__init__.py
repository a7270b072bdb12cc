"""See every gradient and verify it. All of it is drawn from one step that the engine recorded.

    trace     `StepTrace`: every number of one step under its name
    explain   `explain`: one number, its formula, its numbers, where they come from, and a check
    verify    `check_gradients`: every gradient against two derivatives that know no chain rule
    examples  XOR and Mazur's 2-2-2 network as data
    quiz      questions from an explanation
    draw      a small network with its values, for terminals

An explanation is built once as a tree (`tree`, `rules`, `derivation`, `update_rules`, `paths`) and
written four ways by `render_text`, `render_latex`, `render_mathml` and `render_json`, which compute
nothing.
"""
