"""How parts of a kernel are compiled: as drafts, which are optimised once, in the kernel that they become part of.

Numba optimises every function by itself, with all that it calls, makes machine code of it and a way to call it from
Python; so a formula five calls deep is optimised six times, and all but the last are thrown away. A draft is only
written down. WORKAROUND: this is no option of Numba's, but made of its internals; where a release has moved them, parts
are compiled as Numba does, which takes half as long again.
"""

from __future__ import annotations

from typing import Any


def _pass_builder(machine: Any) -> Any:
    """Return what optimises a kernel.

    Vectors and blocks are written out already: to repeat small loops eight times takes a compiler a sixth of its time,
    and processors are no faster for it.
    """
    from llvmlite import binding
    from numba.core import config

    options = binding.create_pipeline_tuning_options(speed_level=config.OPT)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    return binding.create_pass_builder(machine, options)


def _options() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what Numba is told of parts and of kernels."""
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import Compiler

    class Draft(JITCodeLibrary):  # type: ignore[misc]
        """What a part is written down in, and which other parts it needs."""

        def _optimize_functions(self, module: Any) -> None:
            module.data_layout = self._codegen._data_layout

        def finalize(self) -> None:
            self._raise_if_finalized()
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
            return 0

    class Whole(JITCodeLibrary):  # type: ignore[misc]
        """A kernel: links the parts of its parts too, and optimises all of them together."""

        _linking_libraries: list[Any]

        def _optimize_functions(self, module: Any) -> None:
            module.data_layout = self._codegen._data_layout

        def _optimize_final_module(self) -> None:
            builder = _pass_builder(self._codegen._tm)
            builder.getModulePassManager().run(self._final_module, builder)

        def finalize(self) -> None:
            parts = dict.fromkeys(self._linking_libraries)
            for part in (pending := list(parts)):
                if isinstance(part, Draft):
                    further = [other for other in part._linking_libraries if other not in parts]
                    parts.update(dict.fromkeys(further))
                    pending += further
            self._linking_libraries = list(parts)
            super().finalize()

    class PartCompiler(Compiler):  # type: ignore[misc]
        """Makes drafts. They get no executable: what stands in its place raises `ValueError` where Python calls it."""

        library = Draft

        def _compile_core(self) -> Any:
            state = self.state
            state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.library.enable_object_caching()
            if self.library is Draft:
                state.targetctx.get_executable = lambda *_: [].remove
            return super()._compile_core()

    class WholeCompiler(PartCompiler):
        """Makes kernels."""

        library = Whole

    part = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}
    return part, {"no_cfunc_wrapper": True, "pipeline_class": WholeCompiler}


try:
    PART, WHOLE = _options()
except Exception:  # See the module: a release may raise anything.
    PART, WHOLE = {}, {}
