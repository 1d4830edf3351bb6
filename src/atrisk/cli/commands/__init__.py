"""Commands: each with its arguments, and the one function of the library that answers it.

look a score and what it rests on; month what is new in one; warn flags and the gap; outcome what
came; ensemble many draws; study what else it could be; reading whether more of it would help;
present the page and the figures; code a case and its coders; documents from a pile of them to draft
rows; exchange files of other tools.
"""
