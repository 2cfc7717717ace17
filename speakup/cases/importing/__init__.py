"""Reading a log as a guardian kept it: which columns it has, which days and values they hold, and what would come in.

Plain values in and out: nothing here asks the database, and nothing is written.
"""
