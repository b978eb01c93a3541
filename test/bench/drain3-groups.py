"""Reads one JSON text a line, and answers the number of the group that Drain3 puts it into, once all were read."""
import json
import sys

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

# Similarity, depth and masks are those of the library's own example.
config = TemplateMinerConfig()
config.drain_sim_th = 0.4
config.drain_depth = 4
BEFORE, AFTER = r"((?<=[^A-Za-z0-9])|^)", r"((?=[^A-Za-z0-9])|$)"
config.masking_instructions = [
    MaskingInstruction(BEFORE + pattern + AFTER, name)
    for pattern, name in [
        (r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))", "ID"),
        (r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})", "IP"),
        (r"([0-9a-f]{6,} ?){3,}", "SEQ"),
        (r"([0-9A-F]{4} ?){4,}", "SEQ"),
        (r"(0x[a-f0-9A-F]+)", "HEX"),
        (r"([\-\+]?\d+)", "NUM"),
    ]
]
miner = TemplateMiner(config=config)
for line in sys.stdin:
    print(miner.add_log_message(json.loads(line))["cluster_id"])
