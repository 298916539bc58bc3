# Runs in the worker's place: reads a script and its tables, runs it, and answers with the table it has made.
# Whatever the script does to this program, the kernel keeps it in, and the host checks the answer.
import io
import json
import os
import sys

PR_SET_DUMPABLE = 4
LONGEST_MESSAGE = 2000
INT64 = range(-(2**63), 2**63)


class Refused(Exception):
    pass


def inputs():
    """The bytes of each descriptor. Others read the same ones, so that the offset is left alone."""
    for number in map(int, os.environ["SANDBOX_INPUTS"].split()):
        size = os.fstat(number).st_size
        pieces, read = [], 0
        while read < size:
            piece = os.pread(number, min(size - read, 1 << 24), read)
            if not piece:
                break
            pieces.append(piece)
            read += len(piece)
        yield b"".join(pieces)


def to_pandas(frame):
    """Without pyarrow, which this Python does not have. Whole numbers stay whole where some are missing."""
    import pandas
    import polars

    columns = {}
    for series in frame.get_columns():
        kind, holes = series.dtype, series.null_count() > 0
        if kind.is_integer() and holes:
            columns[series.name] = pandas.array(series.to_list(), dtype="Int64")
        elif kind == polars.Boolean and holes:
            columns[series.name] = pandas.array(series.to_list(), dtype="boolean")
        elif kind in (polars.Date, polars.Datetime):
            columns[series.name] = series.cast(polars.Datetime("us")).to_numpy()
        elif kind.is_numeric() or kind == polars.Boolean:
            columns[series.name] = series.to_numpy()
        else:
            columns[series.name] = pandas.array(series.to_list(), dtype="str")
    return pandas.DataFrame(columns)


def cell(value):
    """A JSON scalar."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if value in INT64 else cell(float(value))
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    # What is not finite is missing; and there is one zero.
    return number + 0.0 if number - number == 0 else None


def of_polars(value, polars):
    if isinstance(value, polars.LazyFrame):
        value = value.collect()
    if isinstance(value, polars.Series):
        value = value.to_frame(value.name or "result")
    if isinstance(value, polars.DataFrame):
        return value.columns, value.height, lambda most: value.head(most).iter_rows()
    return None


def of_pandas(value, pandas):
    if isinstance(value, pandas.Series):
        value = value.to_frame("result" if value.name is None else value.name)
    if not isinstance(value, pandas.DataFrame):
        return None
    named = any(name is not None for name in value.index.names)
    if named or not isinstance(value.index, pandas.RangeIndex):
        value = value.reset_index()
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in value.columns]
    return names, len(value), lambda most: value.head(most).itertuples(index=False, name=None)


def table(value):
    """Names of columns, number of rows, and the rows up to a number: of whatever the script has made."""
    for library, convert in (("polars", of_polars), ("pandas", of_pandas)):
        if library in sys.modules:
            found = convert(value, sys.modules[library])
            if found is not None:
                return found
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        if any(isinstance(column, (list, tuple)) for column in value.values()):
            columns = [column if isinstance(column, (list, tuple)) else [column] for column in value.values()]
            if len({len(column) for column in columns}) != 1:
                raise Refused("the columns of `result` have different lengths")
            rows = list(zip(*columns))
        else:
            rows = [tuple(value.values())]
        return [str(name) for name in value], len(rows), lambda most: rows[:most]
    if isinstance(value, (set, frozenset, range)):
        value = list(value)
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(row, dict) for row in value):
            names = list(dict.fromkeys(name for row in value for name in row))
            rows = [tuple(row.get(name) for name in names) for row in value]
            return [str(name) for name in names], len(rows), lambda most: rows[:most]
        if value and all(isinstance(row, (list, tuple)) for row in value):
            names = [f"column {place + 1}" for place in range(max(map(len, value)))]
            rows = [tuple(row) + (None,) * (len(names) - len(row)) for row in value]
            return names, len(rows), lambda most: rows[:most]
        return ["result"], len(value), lambda most: [(item,) for item in value[:most]]
    return ["result"], 1, lambda most: [(value,)][:most]


def run(request, tables):
    script = compile(request["script"], "<script>", "exec")
    frames = {}
    if tables:
        import polars

        for name, parquet in zip(request["tables"], tables):
            frame = polars.read_parquet(io.BytesIO(parquet))
            frames[name] = to_pandas(frame) if request["frames"] == "pandas" else frame
    scope = {**frames, "__name__": "__main__", "tables": frames}
    if frames:
        scope["df"] = next(iter(frames.values()))
    exec(script, scope)
    if scope.get("result") is None:
        raise Refused("the script has not assigned `result`")
    columns, in_all, first = table(scope["result"])
    most = request["limit"]["rows"]
    rows = [[cell(value) for value in row] for row in first(most)]
    return {"rows": {"columns": list(columns), "rows": rows, "rows_in_all": in_all}}


def complaint(error):
    """What the script did wrong, with the line where it did."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<script>":
            line = trace.tb_lineno
        trace = trace.tb_next
    kind = "NoResult" if isinstance(error, Refused) else type(error).__name__
    message = str(error)[:LONGEST_MESSAGE].encode("utf-8", "replace").decode("utf-8")
    return {"raised": {"kind": kind, "message": message, "line": line}}


def encoded(answer):
    return json.dumps(answer, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def main():
    # Another process of the same user may trace a new program, unless it says that it may not.
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    sys.path.append(sys.prefix + "/lib/python3.11/site-packages")
    # What the script can name is what it is to work with.
    frame = bytes.fromhex(os.environ.pop("SANDBOX_FRAME"))
    request, *tables = inputs()
    request = json.loads(request)
    try:
        answer = encoded(run(request, tables))
        if len(answer) > request["limit"]["bytes"]:
            raise Refused("`result` is too large")
    except BaseException as error:
        answer = encoded(complaint(error))
    sys.stdout.flush()
    sys.stderr.flush()
    rest = frame + len(answer).to_bytes(4, "little") + answer
    while rest:
        rest = rest[os.write(3, rest) :]
    # Threads of libraries may still run, and nothing is to be tidied up.
    os._exit(0)


main()
