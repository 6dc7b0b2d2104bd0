"""The processes of launches, as this node looks for them and ends them.

What there is to know of the kernel's table is in `aen.compute.helper.processes`:
the helper and the programs that stand alone use it too.
"""

from aen.compute.helper.processes import (
    Hunt,
    Process,
    Root,
    Table,
    alive,
    boot_id,
    find_members,
    members,
    parse_stat,
    process_table,
    read_mark,
    read_process,
    signal_all,
)

__all__ = [
    "Hunt",
    "Process",
    "Root",
    "Table",
    "alive",
    "boot_id",
    "find_members",
    "members",
    "parse_stat",
    "process_table",
    "read_mark",
    "read_process",
    "signal_all",
]
