"""The rows of the table; each measures one thing on the stage."""
