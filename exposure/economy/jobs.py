"""Kernel: jobs exposed and jobs predicted; two numbers that are never added.

*Exposed* jobs work on what is sold into the market now. *Predicted* is the change of those jobs
that the change of volume brings, by the elasticity of employment to output.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def per_unit(value_added_usd: Floats, jobs_per_million_usd: Floats) -> Floats:
    """Work in one finished product a year [persons].

    Parameters
    ----------
    value_added_usd (scenario, node) [USD per finished product]
    jobs_per_million_usd (scenario, node) [persons per million USD of value added]
    """
    return value_added_usd / 1e6 * jobs_per_million_usd


def exposed(work_per_unit: Floats, units: Floats) -> Floats:
    """Jobs in a node's work for the market (scenario, node) [persons].

    Parameters
    ----------
    work_per_unit (scenario, node) [persons per finished product a year]
        See `per_unit`.
    units (scenario, node) [finished products a year]
    """
    return work_per_unit * units


def response(volume_ratio: Floats, elasticity: Floats) -> Floats:
    """Change of jobs as a fraction of them: ``volume_ratio**elasticity - 1``.

    Examples
    --------
    >>> float(response(np.array(1.0), np.array(0.7)))
    0.0
    """
    change: Floats = volume_ratio**elasticity - 1.0
    return change


def predicted(jobs_exposed: Floats, volume_ratio: Floats, elasticity: Floats) -> Floats:
    """Change of those jobs (scenario, node) [persons]: `response` of all that are exposed."""
    return jobs_exposed * response(volume_ratio, elasticity)


def own_wage_elasticity(substitution: Floats, labour_share: Floats, demand: Floats) -> Floats:
    """Elasticity of labour demand to the wage (Hicks-Marshall), negative.

    ``-((1 - s) * substitution + s * demand)``: firms replace labour, and sell less of what labour
    makes dear (Hamermesh 1993, ch. 2).

    Parameters
    ----------
    substitution [> 0]
        Between labour and other inputs, at a constant output.
    labour_share [fraction of cost]
    demand [> 0]
        Elasticity of demand for the product, without its sign.

    Examples
    --------
    >>> round(float(own_wage_elasticity(np.array(0.5), np.array(0.4), np.array(1.5))), 12)
    -0.9
    """
    return -((1.0 - labour_share) * substitution + labour_share * demand)


def wage_and_output(
    jobs: Floats, log_output: Floats, log_wage: Floats, wage_elasticity: Floats
) -> Floats:
    """Change of jobs [persons] from changes of output and wage [logarithms].

    ``jobs * (exp(log_output + wage_elasticity * log_wage) - 1)``.

    Examples
    --------
    Output -0.10, wages +0.02 at an elasticity of -0.9: 1000 * (exp(-0.118) - 1).

    >>> float(wage_and_output(*map(np.array, (1000.0, -0.1, 0.02, -0.9)))).__round__(1)
    -111.3
    """
    return jobs * np.expm1(log_output + wage_elasticity * log_wage)
