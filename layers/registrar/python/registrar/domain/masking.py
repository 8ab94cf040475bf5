"""Names of persons and companies with their middle hidden, for lists and messages."""


def masked(person: str) -> str:
    """A person's or company's name with its middle hidden: 홍*동, 남**수, G*****g H**g.

    Only the first and, from three characters on, the last character of each word stay readable.
    """
    return " ".join(_masked_word(word) for word in person.split())


def _masked_word(word: str) -> str:
    if len(word) == 1:
        return word
    if len(word) == 2:
        return word[0] + "*"
    return word[0] + "*" * (len(word) - 2) + word[-1]
