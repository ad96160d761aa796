"""Reading product feeds; what stands here is what the rest of the addon uses."""

from .column_names import FIELD_NAMES
from .columns import (
    IGNORED_FIELD,
    NO_CHANNEL_COLUMNS,
    REQUIRED_FIELDS,
    ChannelColumns,
    ColumnMapping,
    UnknownField,
)
from .detection import Detection, detect
from .limits import DEFAULT_LIMITS, Limits
from .problems import (
    FILE_SENTENCES,
    ROW_SENTENCES,
    ErrorType,
    FileProblem,
    RowError,
    RowProblem,
    UnreadableFeed,
)
from .raw_rows import FeedRow, ReadOptions
from .reader import (
    Chunk,
    Preview,
    RowBatch,
    RowKey,
    iter_batches,
    iter_chunks,
    preview,
    preview_again,
    recognised_mapping,
)
from .sniffing import HEAD, Container, sniff_container
