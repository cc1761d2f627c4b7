"""Reading a built feed as apps and directories do, with every rule that it breaks.

Nothing of how the feed was made is used here: what is wrong there is found here.
"""
