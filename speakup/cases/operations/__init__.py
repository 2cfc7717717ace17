"""Every change to a case: drafting, raising, the inbox, casework."""
