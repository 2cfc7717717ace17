"""The reference of a case is known in any text, and nothing else is taken for one."""

import pytest

from speakup.kernel.ids import names_case


@pytest.mark.parametrize("around", ["{}", "as in {}, again", "({})", "{}."])
@pytest.mark.parametrize("ref", ["SU-YWGZ-TSJX", "SU-7K3M-Q2XD", "SU-00AA-0000", "SU-ABCD-EFG8"])
def test_a_reference_is_known_however_it_is_written(around: str, ref: str) -> None:
    assert names_case(around.format(ref))
    assert names_case(around.format(ref.lower()))
    assert names_case(around.format(ref.replace("SU-", "SU")))
    loose = ref.replace("-", " ")
    assert names_case(around.format(loose)) == any(each.isdigit() for each in ref)


@pytest.mark.parametrize("text", ["", "Su Chen came", "LA-7K3M-Q2XD", "SU-7K3M", "SUPPORTED2024", "sub 1234 5678"])
def test_other_words_are_no_reference(text: str) -> None:
    assert not names_case(text)
