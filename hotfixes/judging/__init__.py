"""Judging a hotfix: what is known is put together, every check asked, what changed is kept and told."""

from hotfixes.judging.rounds import judge, judge_due, judge_with

__all__ = ["judge", "judge_due", "judge_with"]
