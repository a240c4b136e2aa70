"""An invented alliance in a fictitious town, made by the same actions a person uses.

Names, numbers and money are made up; dates are relative to the day it is loaded. Nothing imports
this package but its command.
"""
