"""HiGHS, the solver of integer programs. Loaded by `programs.solve` alone."""

from __future__ import annotations

from collections.abc import Sequence

import highspy

from suppliers.gateways.programs import Ended, Program, Solution

SEED = 0
TOLERANCE = 1e-7


def solve(program: Program, seconds: float, gap: float, start: Sequence[float] = ()) -> Solution:
    """See `programs.solve`."""
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("random_seed", SEED),
        # Programs of awards leave little to take out beforehand: looking for it took longer than solving
        ("presolve", "off"),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", gap),
        ("mip_feasibility_tolerance", TOLERANCE),
        ("time_limit", max(seconds, 0.0)),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_model(program))
    if start:
        known = highspy.HighsSolution()
        known.col_value = list(start)
        solver.setSolution(known)
    solver.run()
    return _solution(solver)


def _model(program: Program) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_ = len(program.costs)
    model.num_row_ = len(program.row_lower)
    model.col_cost_ = program.costs
    model.col_lower_ = [0.0] * len(program.costs)
    model.col_upper_ = program.upper
    model.row_lower_ = program.row_lower
    model.row_upper_ = program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_ = len(program.costs)
    model.a_matrix_.num_row_ = len(program.row_lower)
    model.a_matrix_.start_ = program.starts
    model.a_matrix_.index_ = program.columns
    model.a_matrix_.value_ = program.factors
    kinds = highspy.HighsVarType
    model.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in program.whole]
    return model


def _solution(solver: highspy.Highs) -> Solution:
    status, told = solver.getModelStatus(), solver.getInfo()
    found = told.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solution(Ended.IMPOSSIBLE, (), 0.0, 0.0)
    ended = Ended.PROVEN if status == highspy.HighsModelStatus.kOptimal else Ended.OUT_OF_TIME
    return Solution(
        ended,
        tuple(solver.getSolution().col_value) if found else (),
        told.objective_function_value,
        told.mip_dual_bound,
    )
