"""Each number once."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.distinct import distinct


@given(st.lists(st.integers(-5, 5)))
def test_each_number_comes_once_and_in_order(numbers):
    assert distinct(np.array(numbers, np.intp)).tolist() == sorted(set(numbers))


def test_the_shape_does_not_matter():
    assert distinct(np.array([[3, 1], [1, 2]], np.int8)).tolist() == [1, 2, 3]


def test_masked_arrays_stay_where_they_are():
    program = (
        "import sys, numpy as np; from hmi.core.distinct import distinct; distinct(np.arange(3));"
        "assert 'numpy.ma' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
