"""The network opened: worked arithmetic, a sheet that writes down what happens to an example; health, what is amiss.

May import of ui/: plots, widgets.

Start with `worked_panel.py`; the model behind it, which computes, is `nnviz.session.working.WorkedArithmetic`.

- The sheet shows what the model says and computes nothing; the numbers on the diagram are those of the same page.
- Health shows what `nnviz.session.health.HealthWatch` was told by the run; a card (`finding_card.py`) is a finding.
- The panel of a weight shows what `nnviz.session.weight_watch.WeightWatch` was told, its pieces as a list of items.
- A link of the sheet names the wire that a term is about, and a wire under the mouse names its terms.
"""
