"""Writes the arrays of this folder with the libraries that users write theirs with: numpy and safetensors."""

import pathlib
import struct

import numpy as np
import safetensors
import safetensors.numpy

HERE = pathlib.Path(__file__).parent
NUMBERS = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
TEXTS = ["U5", "S5"]


def values(dtype):
    """Two rows of three: what is large, small, negative or special of a type."""
    kind = np.dtype(dtype).kind
    if kind == "f":
        info = np.finfo(dtype)
        return [[0.5, -1.25, float(info.max)], [float(info.smallest_subnormal), 3.0, -0.0]]
    if kind in "iu":
        info = np.iinfo(dtype)
        return [[0, 1, info.max], [info.min, 7, 100]]
    if kind == "b":
        return [[True, False, True], [False, False, True]]
    return [["cat", "dog", ""], ["bird", "dog", "horse"]]


def arrays():
    """Every type in both orders of bytes and both of elements."""
    for dtype in NUMBERS + TEXTS:
        for endian in "<>":
            for order in "CF":
                array = np.array(values(dtype), dtype=endian + dtype, order=order)
                yield f"{dtype}{'le' if endian == '<' else 'be'}{order}", array


def main():
    named = dict(arrays())
    np.savez(HERE / "stored.npz", **named)
    np.savez_compressed(HERE / "deflated.npz", **named)
    np.save(HERE / "matrix.npy", named["f8leC"])
    np.save(HERE / "fortran.npy", named["f4beF"])
    np.save(HERE / "strings.npy", np.array(["é", "cat", "", "日本"]))
    np.save(HERE / "cube.npy", np.zeros((2, 1, 2)))
    np.save(HERE / "complex.npy", np.zeros(2, dtype=complex))
    np.save(HERE / "objects.npy", np.array([1, "two"], dtype=object), allow_pickle=True)
    np.savez(HERE / "objects.npz", labels=np.array([1, "two"], dtype=object), fine=np.arange(3))
    np.save(HERE / "structure.npy", np.zeros(2, dtype=[("a", "<f8"), ("b", "<i4")]))
    np.savez_compressed(HERE / "zeros.npz", x=np.zeros((1000, 100)))
    (HERE / "pickle.pkl").write_bytes(__import__("pickle").dumps([1, 2, 3]))

    tensors = {name: np.array(values(name), dtype=name) for name in NUMBERS}
    safetensors.numpy.save_file(tensors, HERE / "all.safetensors", metadata={"made": "by numpy"})
    # numpy has no such type: each is the upper half of a single-precision number.
    upper = np.array([0.5, -1.25, 3.0e38], dtype="<f4").view("<u2")[1::2].copy()
    brain = safetensors.TensorSpec(
        dtype="bfloat16", shape=[3], data_ptr=upper.ctypes.data, data_len=upper.nbytes
    )
    (HERE / "brain.safetensors").write_bytes(safetensors.serialize({"x": brain}))
    huge = struct.pack("<Q", 90_000_000) + b'{"x":' + b" " * 20
    (HERE / "huge_header.safetensors").write_bytes(huge)


if __name__ == "__main__":
    main()
