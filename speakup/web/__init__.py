"""Pages: who may come here, what they see, what they send. Rules live below; words live here."""
