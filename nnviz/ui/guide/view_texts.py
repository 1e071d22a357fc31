"""What one sees in each view: the paragraphs that open its page of the guide."""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable


class ViewText(Choice, Struct, frozen=True, kw_only=True):
    """What is seen in a view: `help` says it in a paragraph; named as its dock is.

    Attributes
    ----------
    look : str
        What to look for in it.
    terms : tuple of str
        Of the glossary, of which it speaks.
    """

    look: str
    terms: tuple[str, ...]


VIEW_TEXTS: ChoiceTable[ViewText] = ChoiceTable(
    "view",
    (
        ViewText(
            name="run_bar",
            label="Run bar",
            help="The bar on top starts, pauses and steps the run, sets its speed, and tells the figures of the epoch.",
            look="Train and test figures side by side: as long as both get better, something is being understood.",
            terms=("epoch", "loss", "accuracy", "mini_batch"),
        ),
        ViewText(
            name="setup",
            label="Set-up",
            help="On the left everything is chosen that a run depends on: data, network, training. Changes act at "
            "once; "
            "a round arrow beside a control says that it begins again from first weights.",
            look="The learning rate at the foot is always in reach. Everything here can be undone.",
            terms=("input", "layer", "activation", "first_weights", "optimiser", "learning_rate", "regularisation"),
        ),
        ViewText(
            name="network",
            label="Network",
            help="The network itself, inputs on the left, answers on the right. A line is a weight: its width is how "
            "large it is, blue counts for and orange against. A picture in a unit shows where on the map it is on; "
            "the dot below it is its bias.",
            look="Units of the first layer draw lines; later ones put them together. Click a unit to open its numbers.",
            terms=("unit", "weight", "bias", "layer", "activation"),
        ),
        ViewText(
            name="boundary",
            label="Decision boundary",
            help="What the network answers everywhere, not only at the data. Colours are classes, paler where it is "
            "less "
            "sure; filled points are training rows, hollow ones test rows, a cross marks a mistake.",
            look="Where the edge lies between the points, and how it bends while it learns. Zoom out to see how sure "
            "it "
            "is where there are no data.",
            terms=("decision_boundary", "probability", "split"),
        ),
        ViewText(
            name="loss",
            label="Loss",
            help="The loss after each epoch, solid for training and dashed for test rows, and in other tabs the share "
            "of "
            "right answers and the learning rate. A star marks the best epoch of the held-out rows.",
            look="Both fall: it learns. Only the training loss falls: it learns by heart. Neither falls: a plateau.",
            terms=("loss", "epoch", "overfitting", "plateau", "schedule"),
        ),
        ViewText(
            name="answers",
            label="Answers",
            help="Every row with what the network answers and what that costs, the worst first; which classes are "
            "taken "
            "for which; predictions beside true values; a pad to draw on where the data are pictures.",
            look="Its mistakes: are they at the border, mislabelled, or all of one class?",
            terms=("prediction", "confusion_matrix", "accuracy", "r2"),
        ),
        ViewText(
            name="worked",
            label="Worked arithmetic",
            help="One example followed through the network as on paper: forward, the loss, back layer by layer, and "
            "the "
            "update, with the numbers of the run. Space and PgDn go on, Backspace and PgUp back.",
            look="The same numbers stand at the wires. Round them to two digits to follow on paper.",
            terms=("weighted_sum", "backpropagation", "chain_rule", "update"),
        ),
        ViewText(
            name="health",
            label="Health",
            help="What is amiss with the run, each with its evidence and a way out, and how large gradients and "
            "updates "
            "are in each layer.",
            look="Bars that shrink to the left: a vanishing gradient. Grey units: dead or saturated.",
            terms=("health", "vanishing_gradient", "dead_unit", "saturation"),
        ),
        ViewText(
            name="weight",
            label="Why did this weight move?",
            help="The way of a weight over the run, and of what its last update was made: the pushes of the data "
            "points, "
            "momentum, the penalty.",
            look="Which few points push hardest. Click an edge of the network to choose the weight.",
            terms=("gradient", "update", "momentum", "regularisation"),
        ),
        ViewText(
            name="unit",
            label="Opened unit",
            help="What a click on a unit or an edge opens, in a panel of its own: bias, weights in and out, each with "
            "∂, the gradient of the loss, the formula, and what the unit makes of the example on show.",
            look="Which weights are large, and which way ∂ pulls them. Keep a unit beside the next one to compare two.",
            terms=("unit", "weight", "bias", "gradient"),
        ),
        ViewText(
            name="timeline",
            label="Timeline",
            help="The whole past of the run as a strip: drag it, and every view shows that epoch, exactly as it was, "
            "while "
            "training goes on. Stars and notes mark epochs to be found again; where the past is thinned to save "
            "memory, what a marked epoch is computed from stays.",
            look="The moment at which the test loss began to rise; L is back at the present.",
            terms=("epoch", "early_stopping"),
        ),
        ViewText(
            name="runs",
            label="Runs",
            help="The runs as a tree: where one was continued on another course, it forks. Any of them can be shown "
            "again, "
            "and several be compared.",
            look="What one change at one epoch made of the same run.",
            terms=("anecdote", "seed"),
        ),
        ViewText(
            name="lesson",
            label="Lesson",
            help="The lesson that is open: what the step says, what it waits for, the way on and back. The ring shows "
            "what is spoken of. Wander off as you like: Back to the lesson brings the step's state back.",
            look="A tick says that what the step waits for has come.",
            terms=("anecdote",),
        ),
        ViewText(
            name="challenge",
            label="Challenge",
            help="A goal, limits and a live meter: three stars for doing it with less. Your record is kept, and can be "
            "shared as a line of text.",
            look="Which limit is not kept at the moment.",
            terms=("capacity", "overfitting", "divergence"),
        ),
        ViewText(
            name="bars",
            label="Bars above the network",
            help="What you should know at the moment: what a change meant, what was kept of what had been learnt, what "
            "went wrong and what would help; the notes of a file; the step of a lesson that is recorded.",
            look="A button in a bar does what the sentence speaks of; × puts the bar away.",
            terms=("divergence", "health"),
        ),
        ViewText(
            name="warp",
            label="Warp",
            help="The data and the grid of their plane on their way through the network: every layer turns and "
            "stretches them (its weights), moves them (its biases) and bends them (its activation).",
            look="At the end a straight line parts the classes: what was bent is the space, not the line. Drag the "
            "slider back to see where a tangle came undone.",
            terms=("layer", "weight", "bias", "activation"),
        ),
        ViewText(
            name="console",
            label="Console",
            help="What the teacher has before them while an audience sees the stage: the stage in small, clock and "
            "timer, the next step of the lesson, notes and keys.",
            look="Freeze holds what the audience sees while you prepare; a period blanks it. The pen and the spotlight "
            "work on the small picture, too. The view that a lesson speaks of comes to the stage by itself, with a "
            "ring round the very thing; choose views, and yours stay until the next step.",
            terms=(),
        ),
        ViewText(
            name="wall",
            label="Wall",
            help="Many runs side by side in the place of the network, each as its map: the same network from many "
            "first "
            "weights, two settings against each other, or folds.",
            look="How many of them solve it. Sort them by a figure, and open one with a click.",
            terms=("anecdote", "cross_validation", "seed"),
        ),
        ViewText(
            name="race",
            label="Race of optimisers",
            help="Several optimisers from the same first weights, with the same mini-batches, in the place of the "
            "network. The ground is the loss in the plane in which they move most, or over two weights; each leaves a "
            "trail on it.",
            look="Which goes straight down, which swings across a valley, and which gets stuck. The sentence below "
            "says how much of their motion the plane holds.",
            terms=("optimiser", "momentum", "adam", "gradient"),
        ),
        ViewText(
            name="others",
            label="Everything else",
            help="Controls that are in several views: title bars of panels, buttons that open menus.",
            look="Drag a title bar to move a panel; double-click it to let it float.",
            terms=(),
        ),
    ),
)
"""What is said of every view, by the name of its dock or place."""
