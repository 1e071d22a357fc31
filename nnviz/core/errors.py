"""The errors that users see: one plain sentence that says what is wrong, where, and what to do."""


class NnvizError(ValueError):
    """Anything that a user can put right. Its text is shown as it is, without a traceback."""


class DataError(NnvizError):
    """A data set or table cannot be used."""


class SettingError(NnvizError):
    """A name is unknown, a value is out of its range, or two settings do not go together."""


class ExperimentError(NnvizError):
    """An experiment or model file cannot be read or written."""
