"""Tiny ONNX files, written field by field as the format's protobuf schema numbers them."""


def model(*layers: str) -> bytes:
    """A net of layers without parameters, one after the other."""
    names = ["in", *(f"t{n}" for n in range(1, len(layers))), "out"]
    nodes = (
        _bytes(1, names[n]) + _bytes(2, names[n + 1]) + _bytes(3, f"n{n}") + _bytes(4, layer)
        for n, layer in enumerate(layers)
    )
    graph = b"".join(_field(1, node) for node in nodes)
    graph += _bytes(2, "g") + _field(11, _tensor("in", (1, 3, 80, 80)))
    graph += _field(12, _tensor("out", (1, 3)))
    opset = _bytes(1, "") + _number(2, 11)
    return _number(1, 7) + _field(7, graph) + _field(8, opset)


def _tensor(name: str, shape: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_field(1, _number(1, size)) for size in shape)
    kind = _number(1, 1) + _field(2, dimensions)  # 1: float
    return _bytes(1, name) + _field(2, _field(1, kind))


def _bytes(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
