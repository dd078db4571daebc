"""A selective redrive that loses nothing: at every instant a message is in the dead-letter queue, or taken.

``ledger`` says what became of each message and refuses what must not happen; ``course`` says what to do
next; ``journal`` keeps both on disk, before anything is sent. None of them touches the network: that is
``runner``. Every other module prepares, says or shows.
"""
