"""The network part of the set-up panel: hidden layers, output, first weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.bounds import HIDDEN_LAYERS, INIT_SCALE, UNITS
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.numbers import filled
from nnviz.drawing.theme import Theme
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import MAX_HIDDEN_LAYERS, Facts
from nnviz.ui.form.choice_box import ChoiceBox, Item, items_of
from nnviz.ui.form.compound_controls import CheckControl, SeedField
from nnviz.ui.form.controls import Control, IntegerStepper, LabelledSlider, step_width
from nnviz.ui.form.form import Binding, FieldRow, Section, nudged
from nnviz.ui.form.number_field import NumberField
from nnviz.ui.form.number_scale import NumberScale
from nnviz.ui.setup.activation_picker import ActivationChoice, PickerContext
from nnviz.ui.setup.layer_pager import LAYERS_A_PAGE, LayerPager
from nnviz.ui.setup.setup_hints import network_hints
from nnviz.ui.widgets.help_text import plain_tooltip, table_text
from nnviz.ui.widgets.nested_layouts import add_layout

if TYPE_CHECKING:
    from nnviz.session.editing import EditedExperiment, ShownNetwork


def hidden_items() -> tuple[Item, ...]:
    """Return the activations of hidden layers, those without a slope disabled."""
    choices = [entry for entry in ACTIVATIONS.values() if entry.hidden]
    return items_of(choices, {entry.name: table_text(entry.failure) for entry in choices if not entry.trainable})


class LayerControl(Control):
    """Units and activation of one hidden layer; edits are dictionaries of the fields that change.

    The value is a pair (units, activation); either is None where several layers are shown that differ.

    Parameters
    ----------
    items : tuple of Item
        The activations.
    context : PickerContext
    layer : int or None
        1 … L: whose sums the picker shows; None where it stands for several.
    """

    def __init__(
        self, items: tuple[Item, ...], context: PickerContext, layer: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.units = IntegerStepper(NumberScale(UNITS), self)
        self.activation = ActivationChoice(context, self)
        self.activation.layer = layer
        self.activation.set_items(items)
        self.activation.set_placeholder(self.tr("various"))
        self._row.addWidget(self.units, 2)
        self._row.addWidget(self.activation, 3)
        self.units.edited.connect(self._on_units)
        self.units.failed.connect(self.failed)
        self.activation.edited.connect(self._on_activation)

    def set_value(self, value: tuple[int | None, str | None]) -> None:
        """Show units and activation; no signal."""
        self._value = value
        self.units.set_value(value[0])
        self.activation.set_value(value[1])

    def focus_widget(self) -> QWidget:
        """Return the field of the units; the activation is next in the tab order."""
        return self.units.focus_widget()

    def describe(self, name: str, tooltip: str) -> None:
        """Name both parts."""
        self.units.describe(self.tr("{0}: units").format(name), tooltip)
        self.activation.describe(
            self.tr("{0}: activation").format(name),
            plain_tooltip(self.tr("The function that bends the sum of each unit in this layer.")),
        )

    @Slot(object, str)
    def _on_units(self, units: int, gesture: str) -> None:
        self._value = (units, self._value[1])
        self.edited.emit({"units": units}, gesture)

    @Slot(object, str)
    def _on_activation(self, name: str, gesture: str) -> None:
        self._value = (self._value[0], name)
        self.edited.emit({"activation": name}, gesture)


class OutputControl(Control):
    """The number of outputs, which the data decides, and their activation."""

    def __init__(self, context: PickerContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # As wide as a stepper, and its number in the same place.
        holder = QWidget(self)
        self.ensurePolished()
        line = QHBoxLayout(holder)
        side = step_width(self.fontMetrics())
        line.setContentsMargins(side, 0, side, 0)
        self.units = NumberField(NumberScale(UNITS), holder)
        self.units.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.units.setProperty("tight", True)
        self.units.setText("–")
        line.addWidget(self.units)
        self.units.setReadOnly(True)
        self.units.setEnabled(False)
        self.units.setAccessibleName(self.tr("output: units"))
        self.units.setToolTip(
            plain_tooltip(self.tr("The data decides: one output for two classes or a number, else one for each class."))
        )
        self.activation = ActivationChoice(context, self)
        self._row.addWidget(holder, 2)
        self._row.addWidget(self.activation, 3)
        self.activation.edited.connect(self.edited)

    def set_value(self, value: str) -> None:
        """Show the output activation; no signal."""
        self._value = value
        self.activation.set_value(value)

    def focus_widget(self) -> QWidget:
        """Return the list."""
        return self.activation.focus_widget()

    def describe(self, name: str, tooltip: str) -> None:
        """Name the list."""
        self.activation.describe(self.tr("{0}: activation").format(name), tooltip)


class NetworkSection(Section):
    """Layers ±, units ±, activations, initialiser, seed and bias.

    Parameters
    ----------
    state : EditedExperiment
    controller : ShownNetwork
    theme : Theme
    """

    def __init__(
        self, state: EditedExperiment, controller: ShownNetwork, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("", state, parent)
        self.title.setText(self.tr("NETWORK"))
        self._controller = controller
        self._context = PickerContext(controller, theme)
        self._facts: Facts | None = None
        self._items = hidden_items()
        self.layers: list[FieldRow] = []
        self._add_layers()
        self._add_output()
        self._add_first_weights()

    def _add_layers(self) -> None:
        self.count = IntegerStepper(NumberScale(HIDDEN_LAYERS), self)
        self.count_row = self.add_row(
            self.tr("hidden layers"),
            self.count,
            table_text(HIDDEN_LAYERS.help),
            Binding(
                "hidden",
                self.tr("change number of layers"),
                lambda experiment: len(experiment.network.hidden),
                edits.with_hidden_count,
                lambda count: count + 1 if count < MAX_HIDDEN_LAYERS else count - 1,
            ),
        )
        self.all_row = self.add_row(
            self.tr("all"),
            LayerControl(self._items, self._context, None, self),
            self.tr("Sets all hidden layers at once."),
            Binding("all layers", self.tr("change all layers"), _common_layer, _with_all_layers, _other_layer),
            short=True,
        )
        self.pager = LayerPager(self)
        self.pager.turned.connect(self._on_page_turned)
        self.add_plain(self.pager)
        self._layer_column = QVBoxLayout()
        self._layer_column.setSpacing(self.column.spacing())
        add_layout(self.column, self._layer_column)

    def _add_output(self) -> None:
        self.output = OutputControl(self._context, self)
        self.output_row = self.add_row(
            self.tr("output"),
            self.output,
            self.tr("The function of the output units: it decides what the predictions can be."),
            Binding(
                "output",
                self.tr("change output activation"),
                lambda experiment: experiment.network.output_activation,
                self._with_output,
                lambda name: "linear" if name != "linear" else "tanh",
            ),
            short=True,
        )

    def _add_first_weights(self) -> None:
        self.init = ChoiceBox(self)
        self.init.set_items(items_of(INITIALIZERS.values()))
        self.init_row = self._network_row(
            self.tr("first weights"),
            self.init,
            self.tr("How the weights are drawn before training; biases start at zero."),
            "init",
            self.tr("change initialiser"),
            lambda name: "zeros" if name != "zeros" else "auto",
        )
        self.scale = LabelledSlider(NumberScale(INIT_SCALE), self)
        self.scale_row = self._network_row(
            self.tr("scale"),
            self.scale,
            table_text(INIT_SCALE.help),
            "init_scale",
            self.tr("change scale"),
            nudged(INIT_SCALE),
        )
        self.seed = SeedField(
            self.tr("Next"), plain_tooltip(self.tr("Starts over from other first weights: the next seed.")), self
        )
        self.seed.next_requested.connect(self._controller.new_weights)
        self.seed_row = self._network_row(
            self.tr("seed"),
            self.seed,
            self.tr("Number that the first weights are drawn from: the same seed gives the same weights again."),
            "seed",
            self.tr("change seed of the weights"),
            lambda seed: seed + 1 if seed < 100 else seed - 1,
        )
        self.bias = CheckControl(self.tr("one for each unit"), self)
        self._network_row(
            self.tr("biases"),
            self.bias,
            self.tr("A number that each unit adds to its sum; without it, every boundary goes through the origin."),
            "bias",
            self.tr("change biases"),
            lambda on: not on,
        )

    def _network_row(self, label: str, control: Control, tooltip: str, field: str, text: str, probe: Any) -> FieldRow:
        """Append a row that shows one plain field of the network."""
        binding = Binding(
            field,
            text,
            lambda experiment: getattr(experiment.network, field),
            lambda experiment, value: edits.with_network(experiment, **{field: value}),
            probe,
        )
        return self.add_row(label, control, tooltip, binding)

    def _with_output(self, experiment: Experiment, name: str) -> Experiment:
        if self._facts is None:
            return edits.with_network(experiment, output_activation=name)
        return edits.with_output(experiment, name, self._facts)

    def _fit_layers(self, n_layers: int) -> None:
        """Make or remove rows until there is one for each hidden layer of the page."""
        before = self.pager.first
        self.pager.show_layers(n_layers)
        wanted = min(n_layers - self.pager.first, LAYERS_A_PAGE) if self.pager.first == before else 0
        self.drop_rows(self.layers[wanted:])
        del self.layers[wanted:]
        while len(self.layers) < min(n_layers - self.pager.first, LAYERS_A_PAGE):
            self.layers.append(self._layer_row(self.pager.first + len(self.layers)))

    @Slot()
    def _on_page_turned(self) -> None:
        self.drop_rows(self.layers)
        self.layers.clear()
        self.show_experiment(self.state.experiment)

    @Slot(int, QRect)
    def open_activation(self, layer: int, place: QRect) -> None:
        """Let an activation be chosen for a layer (1 … L) at a place of the screen, as at its row."""
        n_hidden = len(self.state.experiment.network.hidden)
        if layer > n_hidden:
            self.output.activation.open_picker_at(place)
            return
        if self.pager.turn_to(layer - 1):
            self._on_page_turned()
        control = self.layers[layer - 1 - self.pager.first].control
        assert isinstance(control, LayerControl)
        control.activation.open_picker_at(place)

    def _layer_row(self, index: int) -> FieldRow:
        def read(experiment: Experiment) -> tuple[int | None, str | None]:
            if index >= len(experiment.network.hidden):
                return None, None
            layer = experiment.network.hidden[index]
            return layer.units, layer.activation

        def write(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
            return edits.with_layer(experiment, index, **changes)

        name = self.tr("hidden {0}").format(index + 1)
        return self.add_row(
            name,
            LayerControl(self._items, self._context, index + 1, self),
            table_text(UNITS.help),
            Binding(f"layer {index}", self.tr("change {0}").format(name), read, write, _other_layer),
            into=self._layer_column,
            short=True,
        )

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the network part of `experiment`; no signal."""
        network = experiment.network
        n_layers = len(network.hidden)
        self._fit_layers(n_layers)
        self.all_row.setVisible(n_layers > 2)
        self.scale_row.setVisible(INITIALIZERS[network.init].uses_scale if network.init in INITIALIZERS else False)
        self._show_output(experiment)
        self.show_rows(experiment)
        hints = network_hints(experiment, self._facts)
        self.init_row.set_hint(hints.get("init", ""))
        self.output_row.set_hint(hints.get("output", ""))
        self.count_row.set_hint(hints.get("hidden", ""))

    def _show_output(self, experiment: Experiment) -> None:
        facts = self._facts
        self.output.activation.layer = len(experiment.network.hidden) + 1
        automatic, short = self.tr("Automatic"), ""
        if facts is not None:
            resolved = facts.resolved(edits.with_network(experiment, output_activation="auto")).output_activation
            short = table_text(ACTIVATIONS[resolved].label)
            self.output.activation.automatic = resolved
            automatic = self.tr("Automatic: {0}").format(short)
            self.output.units.set_value(facts.n_outputs)
            self.summary.setText(filled(self.tr("{0} parameters"), edits.parameter_count(experiment, facts)))
        auto = Item(
            "auto",
            automatic,
            plain_tooltip(
                self.tr("Chosen to fit the data: sigmoid for two classes, softmax for more, linear for numbers.")
            ),
            short=short,
        )
        reasons = {entry.name: table_text(entry.failure) for entry in ACTIVATIONS.values() if not entry.trainable}
        if facts is not None and facts.task == "regression":
            reason = self.tr("It compares classes, but this data asks for numbers.")
            reasons |= {entry.name: reason for entry in ACTIVATIONS.values() if not entry.elementwise}
        choices = [entry for entry in ACTIVATIONS.values() if entry.output]
        self.output.activation.set_items((auto, *items_of(choices, reasons)))

    def show_facts(self, facts: Facts) -> None:
        """Show what is known of the prepared data."""
        self._facts = facts
        self.show_experiment(self.state.experiment)

    def set_theme(self, theme: Theme) -> None:
        """Let the picker open in other colours."""
        self._context.theme = theme


def _common_layer(experiment: Experiment) -> tuple[int | None, str | None]:
    """Return units and activation that all hidden layers share, None where they differ."""
    units = {layer.units for layer in experiment.network.hidden}
    activations = {layer.activation for layer in experiment.network.hidden}
    return (units.pop() if len(units) == 1 else None), (activations.pop() if len(activations) == 1 else None)


def _with_all_layers(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
    return edits.with_layer(experiment, None, **changes)


def _other_layer(value: tuple[int | None, str | None]) -> dict[str, Any]:
    return {"units": 2 if value[0] != 2 else 3}
