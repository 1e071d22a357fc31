"""The frame builders of one run: data are replaced while it goes on, and its past is shown on the data of then."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np

from nnviz.core.errors import SettingError
from nnviz.core.moment import Moment
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import DataSpec

#: Builders for data of the past that are kept: whoever walks through time comes back to the same ones.
KEPT_BUILDERS: Final = 3


class Builders:
    """Finds for every moment of a run the builder that has its data.

    Parameters
    ----------
    prepared : Prepared
        What the run begins with.
    version : int
        `Moment.data_version` of it.

    Attributes
    ----------
    present : FrameBuilder
        For live moments.
    """

    def __init__(self, prepared: Prepared, version: int = 0) -> None:
        self.present = FrameBuilder(prepared)
        self._prepared = {version: prepared}
        self._unread: dict[int, DataSpec] = {}
        self._prepare: Callable[[DataSpec], Prepared] | None = None
        self._past: OrderedDict[int, FrameBuilder] = OrderedDict()

    def remember(self, earlier: Mapping[int, DataSpec], prepare: Callable[[DataSpec], Prepared]) -> None:
        """Take in data of the past by version, to be prepared again once an epoch with them is looked at."""
        self._unread = {version: spec for version, spec in earlier.items() if version not in self._prepared}
        self._prepare = prepare

    def data_before(self) -> dict[int, DataSpec]:
        """Return the data that were in force before the present ones, by version, as far as they are known."""
        known = {version: prepared.experiment.data for version, prepared in self._prepared.items()}
        present = self.present.prepared.experiment.data
        return {version: data for version, data in (self._unread | known).items() if data != present}

    def show(self, prepared: Prepared) -> None:
        """Build live frames on other data, of which nothing is learnt."""
        self.present = FrameBuilder(prepared)

    def forget(self) -> None:
        """Let go of all that has been made for frames: nobody looks at the run for now."""
        self.show(self.present.prepared)
        self._past = OrderedDict()

    def renew(self, prepared: Prepared, version: int, known: AbstractSet[int]) -> None:
        """Go over to other data, which are learnt from now on; forget those whose version is not `known` any more."""
        self._prepared = {number: data for number, data in self._prepared.items() if number in known}
        self._unread = {number: data for number, data in self._unread.items() if number in known}
        self._past = OrderedDict((number, data) for number, data in self._past.items() if number in known)
        self._prepared[version] = prepared
        self.show(prepared)

    def prepared_of(self, moment: Moment) -> Prepared:
        """Return the data that were in force at a moment.

        Raises
        ------
        SettingError
            Where they are not known any more.
        """
        if moment.is_live:
            return self.present.prepared
        version = moment.data_version
        if (spec := self._unread.get(version)) is not None and version not in self._prepared:
            assert self._prepare is not None
            prepared = self._prepare(spec)
            # A table may be another one by now.
            if np.array_equal(prepared.X_train, moment.problem.X):
                self._prepared[version] = prepared
        if version not in self._prepared:
            raise SettingError("The data of epoch {0} are not known any more; look at a later one.", moment.epoch)
        return self._prepared[version]

    def of(self, moment: Moment) -> FrameBuilder:
        """Return the builder for a moment of the run; see `prepared_of`."""
        prepared = self.prepared_of(moment)
        if prepared is self.present.prepared:
            return self.present
        builder = self._past.pop(moment.data_version, None) or FrameBuilder(prepared)
        self._past[moment.data_version] = builder
        if len(self._past) > KEPT_BUILDERS:
            self._past.popitem(last=False)
        return builder
