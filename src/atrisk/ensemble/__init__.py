"""Ensemble: the same method under many draws, of one case or many.

variation what may be drawn; model a case into a variation; runner tasks on threads or a cluster, in
order; ensemble what many draws say; tally how they are counted; run how they are made; apart
facts and method each alone; many cases one by one; store what is written as it comes.
"""
