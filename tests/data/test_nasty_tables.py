# ruff: noqa: E501 - a file and what becomes of it stand side by side
"""Files as pupils bring them: what each is read as, and the sentence with which others are refused."""

from __future__ import annotations

import pytest

from nnviz.core.errors import DataError
from nnviz.data import default_choices, make_dataset, open_table, read_table, summarise

READ: dict[str, tuple[str | bytes, tuple[str, ...], list[list[float]], list[str] | list[float], str]] = {
    "semi": ("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n", ("a", "b"), [[1.5, 2.5], [2.5, 3.5]], ["x", "y"], ""),
    "tab": ("a\tb\tc\n1\t2\tx\n3\t4\ty\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "pipe": ("a|b|c\n1|2|x\n3|4|y\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "spaces": ("a   b  c\n1   2  x\n3  4   y\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "sep": ("sep=;\na;b;c\n1;2;x\n3;4;y\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "sepq": ('"sep=;"\r\na;b;c\r\n1;2;x\r\n3;4;y\r\n', ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "cr": ("a,b,c\r1,2,x\r3,4,y\r", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "mixed": ("a,b,c\r\n1,2,x\n3,4,y\r5,6,x", ("a", "b"), [[1, 2], [3, 4], [5, 6]], ["x", "y", "x"], ""),
    "quotednl": ('a,"b\nb",c\n1,2,"x\nx"\n3,4,y\n', ("a", "b\nb"), [[1, 2], [3, 4]], ["x\nx", "y"], ""),
    "trail": ("a,b,c,\n1,2,x,\n3,4,y,\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "comment": (
        "# made by me\na,b,c\n1,2,x\n# mid\n3,4,y\n",
        ("a", "b"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "2 comment lines were skipped.",
    ),
    "pre": (
        "Title of it\nDate: today\n\na,b,c\n1,2,x\n3,4,y\n5,6,x\n",
        ("a", "b"),
        [[1, 2], [3, 4], [5, 6]],
        ["x", "y", "x"],
        "2 lines above the table were skipped: 'Title of it', 'Date: today'.",
    ),
    "nohead": (
        "1,2,x\n3,4,y\n5,6,x\n",
        ("x1", "x2"),
        [[1, 2], [3, 4], [5, 6]],
        ["x", "y", "x"],
        "There is no header: the columns are called x1 … x3.",
    ),
    "thou": ('a,b,c\n"1,234",2,x\n"12,345,678.5",4,y\n', ("a", "b"), [[1234, 2], [12345678.5, 4]], ["x", "y"], ""),
    "thousp": ("a;b;c\n1 234,5;2;x\n2 345,5;4;y\n", ("a", "b"), [[1234.5, 2], [2345.5, 4]], ["x", "y"], ""),
    "thouapo": ("a;b;c\n1'234.5;2;x\n2'345.5;4;y\n", ("a", "b"), [[1234.5, 2], [2345.5, 4]], ["x", "y"], ""),
    "euro": (
        "a;b;c\n1.234,50 €;2 %;x\n2.345,50 €;4 %;y\n",
        ("a", "b"),
        [[1234.5, 2], [2345.5, 4]],
        ["x", "y"],
        "Column 'a': the percent or currency sign was left out; 12 % is 12.",
    ),
    "dollar": (
        'a,b,c\n"$1,234.50",2%,x\n"$2,345.50",4%,y\n',
        ("a", "b"),
        [[1234.5, 2], [2345.5, 4]],
        ["x", "y"],
        "Column 'a': the percent or currency sign was left out; 12 % is 12.",
    ),
    "blankh": (
        "a,,c\n1,2,x\n3,4,y\n",
        ("a", "column 2"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "1 column without a name: called 'column 2'.",
    ),
    "duph": (
        "a,a,c\n1,2,x\n3,4,y\n",
        ("a", "a (2)"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "Columns of the same name: 'a' became 'a (2)'.",
    ),
    "underscore": (
        "a,b,c\n1_0,2,x\n2_0,4,y\n1_0,5,x\n",
        ("a=1_0", "a=2_0", "b"),
        [[1, 0, 2], [0, 1, 4], [1, 0, 5]],
        ["x", "y", "x"],
        "Each category became an input of 0 and 1: 'a'.",
    ),
    "miss": (
        "a,b,c\n1,2,x\n?,4,y\nNA,5,x\n#DIV/0!,6,y\n-,7,x\n.,8,y\n9,9,y\n8,5,x\n7,1,y\n",
        ("a", "b"),
        [[1, 2], [7.5, 4], [7.5, 5], [7.5, 6], [7.5, 7], [7.5, 8], [9, 9], [8, 5], [7, 1]],
        ["x", "y", "x", "y", "x", "y", "y", "x", "y"],
        "5 missing cells of 'a' became the median.",
    ),
    "stray": (
        "a,b\n0.0,0.0\n1.5,2.5\n3.0,5.0\n4.5,0.0\n6.0,2.5\n7.5,5.0\n9.0,0.0\n10.5,2.5\n12.0,5.0\n13.5,0.0\n15.0,2.5\n16.5,5.0\n18.0,0.0\n19.5,2.5\n21.0,5.0\n22.5,0.0\n24.0,2.5\n25.5,5.0\n27.0,0.0\n28.5,2.5\noops,1.5\n",
        ("a",),
        [
            [0],
            [1.5],
            [3],
            [4.5],
            [6],
            [7.5],
            [9],
            [10.5],
            [12],
            [13.5],
            [15],
            [16.5],
            [18],
            [19.5],
            [21],
            [22.5],
            [24],
            [25.5],
            [27],
            [28.5],
        ],
        [0, 2.5, 5, 0, 2.5, 5, 0, 2.5, 5, 0, 2.5, 5, 0, 2.5, 5, 0, 2.5, 5, 0, 2.5],
        "Column 'a': 'oops' (line 22) is no number and was taken as missing.",
    ),
    "none": (
        "a,c\n1,None\n2,yes\n3,None\n4,yes\n",
        ("a",),
        [[1], [2], [3], [4]],
        ["None", "yes", "None", "yes"],
        "Column 'c': 'None' (2 rows) is an answer like the others, not a missing cell.",
    ),
    "NAlab": (
        "a,c\n1,NA\n2,SA\n3,EU\n4,NA\n5,SA\n6,EU\n",
        ("a",),
        [[1], [2], [3], [4], [5], [6]],
        ["NA", "SA", "EU", "NA", "SA", "EU"],
        "Column 'c': 'NA' (2 rows) is an answer like the others, not a missing cell.",
    ),
    "const": (
        "a,b,c\n1,5,x\n3,5,y\n4,5,x\n",
        ("a",),
        [[1], [3], [4]],
        ["x", "y", "x"],
        "Column left out (one value only): 'b'.",
    ),
    "empty": (
        "a,b,c\n1,,x\n3,,y\n4,,x\n",
        ("a",),
        [[1], [3], [4]],
        ["x", "y", "x"],
        "Column left out (no values): 'b'.",
    ),
    "id": (
        "id,a,c\n1,5.5,x\n2,3.5,y\n3,4,x\n",
        ("a",),
        [[5.5], [3.5], [4]],
        ["x", "y", "x"],
        "Column left out (a running number): 'id'.",
    ),
    "unnamed": (
        ",a,c\n0,5.5,x\n1,3.5,y\n2,4,x\n",
        ("a",),
        [[5.5], [3.5], [4]],
        ["x", "y", "x"],
        "Column left out (a running number): 'column 1'.",
    ),
    "date": (
        "date,a,c\n2020-01-01,5.5,x\n2020-01-02,3.5,y\n2020-01-05,4,x\n",
        ("date (days since 2020-01-01)", "a"),
        [[0, 5.5], [1, 3.5], [4, 4]],
        ["x", "y", "x"],
        "",
    ),
    "first": (
        "c,a,b\nx,1.5,2.5\ny,2.5,3.5\nx,4,4.5\n",
        ("c=x", "c=y", "a"),
        [[1, 0, 1.5], [0, 1, 2.5], [1, 0, 4]],
        [2.5, 3.5, 4.5],
        "Each category became an input of 0 and 1: 'c'.",
    ),
    "onehot": (
        "a,b,k_x,k_y,k_z\n1.5,2,1,0,0\n2.5,3,0,1,0\n3.5,3,0,0,1\n4,4,1,0,0\n",
        ("a", "b"),
        [[1.5, 2], [2.5, 3], [3.5, 3], [4, 4]],
        ["k_x", "k_y", "k_z", "k_x"],
        "The columns 'k_x', 'k_y', 'k_z' of 0 and 1 were read as classes.",
    ),
    "cat": (
        "color,size,c\nred,1,x\nblue,2,y\nred,3,x\nblue,4,y\n",
        ("color=blue", "color=red", "size"),
        [[0, 1, 1], [1, 0, 2], [0, 1, 3], [1, 0, 4]],
        ["x", "y", "x", "y"],
        "Each category became an input of 0 and 1: 'color'.",
    ),
    "bool": ("a,c\n1,TRUE\n2,FALSE\n3,TRUE\n", ("a",), [[1], [2], [3]], ["TRUE", "FALSE", "TRUE"], ""),
    "arff": (
        "@relation r\n@attribute a numeric\n@attribute 'b b' real\n@attribute c {x,y}\n@data\n1,2,x\n3,?,y\n5,6,y\n",
        ("a", "b b"),
        [[1, 2], [5, 6]],
        ["x", "y"],
        "1 of 3 rows is incomplete and was left out.",
    ),
    "html name": (
        '<b>a</b>,"\u202eevil",c\n1,2,x\n3,4,y\n',
        ("<b>a</b>", "\u202eevil"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "",
    ),
    "plusminus": ("a;c\n+1,5;x\n−2,5;y\n-1;x\n", ("a",), [[1.5], [-2.5], [-1]], ["x", "y", "x"], ""),
    "exp": ("a,c\n1e3,x\n1.5E-2,y\n2e0,x\n", ("a",), [[1000], [0.015], [2]], ["x", "y", "x"], ""),
    "noheadtext": (
        "x,1.5,2.25\ny,3.5,4.25\nx,5.5,6.25\n",
        ("x2", "x3"),
        [[1.5, 2.25], [3.5, 4.25], [5.5, 6.25]],
        ["x", "y", "x"],
        "There is no header: the columns are called x1 … x3.",
    ),
    "noheadcounts": (
        "x,1.5,2\ny,3.5,14\nx,5.5,26\n",
        ("x1=x", "x1=y", "x2"),
        [[1, 0, 1.5], [0, 1, 3.5], [1, 0, 5.5]],
        [2, 14, 26],
        "There is no header: the columns are called x1 … x3.",
    ),
    "wide2": (
        "Name of station  Temp  Class\nBig city  1.5  x\nOld town  2.5  y\nBig city  3  x\n",
        ("Name of station=Big city", "Name of station=Old town", "Temp"),
        [[1, 0, 1.5], [0, 1, 2.5], [1, 0, 3]],
        ["x", "y", "x"],
        "Each category became an input of 0 and 1: 'Name of station'.",
    ),
    "intcls": (
        "a,b\n1.5,1\n2.5,2\n3.5,1\n4.5,2\n",
        ("a",),
        [[1.5], [2.5], [3.5], [4.5]],
        ["1", "2", "1", "2"],
        "The whole numbers in 'b' were read as classes.",
    ),
    "year": (
        "year,pop\n1990,1.5\n1991,2.5\n1992,3.5\n1993,5.5\n1994,7\n1995,8\n",
        ("year",),
        [[1990], [1991], [1992], [1993], [1994], [1995]],
        [1.5, 2.5, 3.5, 5.5, 7, 8],
        "",
    ),
    "decpt4": ("a;b\n0.5;1.5\n1.5;3.5\n2.5;4.25\n", ("a",), [[0.5], [1.5], [2.5]], [1.5, 3.5, 4.25], ""),
    "inf": (
        "a,b\n1,2.5\ninf,3.5\n3,7.5\n-inf,2\n5,1\n",
        ("a",),
        [[1], [3], [3], [3], [5]],
        [2.5, 3.5, 7.5, 2, 1],
        "2 missing cells of 'a' became the median.",
    ),
    "utf16": (
        b"\xff\xfea\x00\t\x00b\x00\t\x00c\x00\n\x001\x00\t\x002\x00\t\x00\xe4\x00\n\x003\x00\t\x004\x00\t\x00y\x00\n\x00",
        ("a", "b"),
        [[1, 2], [3, 4]],
        ["ä", "y"],
        "",
    ),
    "latin": (
        b"gr\xf6\xdfe,c\n1,\xe4\n2,b\n3,\xe4\n",
        ("größe",),
        [[1], [2], [3]],
        ["ä", "b", "ä"],
        "The text is not UTF-8 (line 1) and was read as Windows-1252; check letters such as ä or é.",
    ),
    "cp1252": (
        b"euro,c\n1 \x80,\xe4\n2 \x80,b\n3 \x80,\xe4\n",
        ("euro",),
        [[1], [2], [3]],
        ["ä", "b", "ä"],
        "The text is not UTF-8 (line 2) and was read as Windows-1252; check letters such as ä or é.",
    ),
    "quotein": (
        'a,b\n1,5" pipe\n2,6" pipe\n3,5" pipe\n',
        ("a",),
        [[1], [2], [3]],
        ['5" pipe', '6" pipe', '5" pipe'],
        "",
    ),
    "footer": (
        "a,b,c\n1,2,x\n3,4,y\n5,6,x\n\nSource: me\n",
        ("a", "b"),
        [[1, 2], [3, 4], [5, 6]],
        ["x", "y", "x"],
        "What follows the empty line after line 4 is no row and was skipped.",
    ),
    "total": (
        "a,b,c\n1,2,x\n3,4,y\nTotal,6,\n",
        ("b",),
        [[2], [4]],
        ["x", "y"],
        "Column left out (3 different texts in 3 rows): 'a'.",
    ),
    "dupclsp": ("a,b\n1,x\n2, x\n3,y \n4,y\n", ("a",), [[1], [2], [3], [4]], ["x", "x", "y", "y"], ""),
    "bom": (b"\xef\xbb\xbfa,b,c\n1,2,x\n3,4,y\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "utf16be": (
        b"\xfe\xff\x00a\x00,\x00b\x00,\x00c\x00\n\x001\x00,\x002\x00,\x00x\x00\n\x003\x00,\x004\x00,\x00y\x00\n",
        ("a", "b"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "",
    ),
    "latin1 only": (
        b"a,c\n1,\x81x\n2,y\n3,\x81x\n",
        ("a",),
        [[1], [2], [3]],
        ["\x81x", "y", "\x81x"],
        "The text is not UTF-8 (line 2) and was read as Latin-1; check letters such as ä or é.",
    ),
    "ctrl-z": (b"a,b,c\r\n1,2,x\r\n3,4,y\r\n\x1a", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "quoted header": ('"a","b, really","c"\n1,2,x\n3,4,y\n', ("a", "b, really"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "escaped quotes": (
        'a,"b ""q""",c\n1,2,"say ""x"""\n3,4,y\n',
        ("a", 'b "q"'),
        [[1, 2], [3, 4]],
        ['say "x"', "y"],
        "",
    ),
    "comma decimals quoted": (
        'a,b,c\n"1,5","2,25",x\n"3,5","4,5",y\n',
        ("a", "b"),
        [[1.5, 2.25], [3.5, 4.5]],
        ["x", "y"],
        "",
    ),
    "semicolon thousands dot": (
        "a;b;c\n1.234;2,5;x\n3.456;4,5;y\n",
        ("a", "b"),
        [[1234, 2.5], [3456, 4.5]],
        ["x", "y"],
        "Column 'a': the thousands separator in '1.234' is a guess; check it.",
    ),
    "dot three digits": ("a,b,c\n1.234,2.5,x\n3.456,4.5,y\n", ("a", "b"), [[1.234, 2.5], [3.456, 4.5]], ["x", "y"], ""),
    "leading zero": ("a;c\n0,123;x\n0,456;y\n", ("a",), [[0.123], [0.456]], ["x", "y"], ""),
    "negative thousands": ("a;c\n-1.234,5;x\n-2.345,5;y\n", ("a",), [[-1234.5], [-2345.5]], ["x", "y"], ""),
    "percent mixed": (
        "a;c\n10%;x\n20 %;y\n30%;x\n",
        ("a",),
        [[10], [20], [30]],
        ["x", "y", "x"],
        "Column 'a': the percent or currency sign was left out; 12 % is 12.",
    ),
    "preamble of cells": (
        "Report;;\nMade;by me;\n\na;b;c\n1;2;x\n3;4;y\n5;6;x\n",
        ("a", "b"),
        [[1, 2], [3, 4], [5, 6]],
        ["x", "y", "x"],
        "2 lines above the table were skipped: 'Report', 'Made by me'.",
    ),
    "units row comment": (
        "% comment\n% another\na,b,c\n1,2,x\n3,4,y\n",
        ("a", "b"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "2 comment lines were skipped.",
    ),
    "commented header": (
        "# a b c\n1 2 x\n3 4 y\n5 6 x\n",
        ("a", "b"),
        [[1, 2], [3, 4], [5, 6]],
        ["x", "y", "x"],
        "1 comment line was skipped.",
    ),
    "blank lines": ("\n\na,b,c\n\n1,2,x\n\n\n3,4,y\n\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "rows of commas": (
        "a,b,c\n1,2,x\n,,\n3,4,y\n,,\n",
        ("a", "b"),
        [[1, 2], [3, 4]],
        ["x", "y"],
        "2 rows without any value were skipped.",
    ),
    "excel errors": (
        "a,b,c\n1,2,x\n#VALUE!,3,y\n#REF!,4,x\n#NAME?,5,y\n6,7,x\n8,9,y\n",
        ("a", "b"),
        [[1, 2], [6, 3], [6, 4], [6, 5], [6, 7], [8, 9]],
        ["x", "y", "x", "y", "x", "y"],
        "3 missing cells of 'a' became the median.",
    ),
    "words for missing": (
        "a,b,c\n1,2,x\nnull,3,y\nNone,4,x\nmissing,5,y\n--,6,x\nn/a,7,y\nNaN,8,x\n9,9,y\n",
        ("a", "b"),
        [[1, 2], *([5, b] for b in range(3, 9)), [9, 9]],
        ["x", "y", "x", "y", "x", "y", "x", "y"],
        "6 missing cells of 'a' became the median.",
    ),
    "R row names": (
        '"a","b","c"\n"1",1.5,2,"x"\n"2",3.5,4,"y"\n"3",5.5,6,"x"\n',
        ("a", "b"),
        [[1.5, 2], [3.5, 4], [5.5, 6]],
        ["x", "y", "x"],
        "Column left out (a running number): 'column 1'.",
    ),
    "uuid": (
        "uuid,a,c\nf1-a,1,x\nf2-b,2,y\nf3-c,3,x\n",
        ("a",),
        [[1], [2], [3]],
        ["x", "y", "x"],
        "Column left out (different in every row): 'uuid'.",
    ),
    "times": (
        "time,a,c\n10:30,1,x\n11:30,2,y\n12:30,3,x\n",
        ("time (hours)", "a"),
        [[10.5, 1], [11.5, 2], [12.5, 3]],
        ["x", "y", "x"],
        "",
    ),
    "german dates": (
        "Datum;a;c\n01.02.2020;1,5;x\n02.02.2020;2,5;y\n03.02.2020;3;x\n",
        ("Datum (days since 2020-02-01)", "a"),
        [[0, 1.5], [1, 2.5], [2, 3]],
        ["x", "y", "x"],
        "",
    ),
    "all ids left": (
        "a,b\n0.5,0.333\n1.0,1.333\n1.5,3.000\n2.0,5.333\n2.5,8.333\n3.0,12.000\n3.5,16.333\n4.0,21.333\n",
        ("a",),
        [[0.5], [1], [1.5], [2], [2.5], [3], [3.5], [4]],
        [0.333, 1.333, 3, 5.333, 8.333, 12, 16.333, 21.333],
        "",
    ),
    "one and one point": ("a,c\n1,x\n1.0,y\n2.50,x\n", ("a",), [[1], [1], [2.5]], ["x", "y", "x"], ""),
    "classes 1 and 1.0": (
        "a,c\n1.5,1\n2.5,1.0\n3.5,2\n4.5,2.00\n",
        ("a",),
        [[1.5], [2.5], [3.5], [4.5]],
        ["1", "1", "2", "2"],
        "The whole numbers in 'c' were read as classes.",
    ),
    "signed classes": (
        "a,c\n1.5,-1\n2.5,1\n3.5,-1\n",
        ("a",),
        [[1.5], [2.5], [3.5]],
        ["-1", "1", "-1"],
        "The whole numbers in 'c' were read as classes.",
    ),
    "big classes": (
        "a,c\n1.5,1000\n2.5,2000\n3.5,1000\n4.5,2000\n",
        ("a",),
        [[1.5], [2.5], [3.5], [4.5]],
        [1000, 2000, 1000, 2000],
        "",
    ),
    "infinity word": (
        "a,b,c\ninfinity,1,x\n2,2,y\ninfinity,3,x\n4,4,y\n",
        ("a=2", "a=4", "a=infinity", "b"),
        [[0, 0, 1, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 1, 0, 4]],
        ["x", "y", "x", "y"],
        "Each category became an input of 0 and 1: 'a'.",
    ),
    "arabic digits": (
        "a,b,c\n١,1,x\n٢,2,y\n١,3,x\n",
        ("a=١", "a=٢", "b"),
        [[1, 0, 1], [0, 1, 2], [1, 0, 3]],
        ["x", "y", "x"],
        "Each category became an input of 0 and 1: 'a'.",
    ),
    "nbsp group": ("a;c\n1\xa0234;x\n2\xa0345;y\n", ("a",), [[1234], [2345]], ["x", "y"], ""),
    "extra empties": ("a,b,c,,,\n1,2,x,,,\n3,4,y,,,\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "spaces leading": ("  a  b c\n  1  2 x\n 10 20 y\n", ("a", "b"), [[1, 2], [10, 20]], ["x", "y"], ""),
    "arff sparse": (
        "@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute c {x,y}\n@data\n{0 1, 2 y}\n{1 2.5}\n{0 3,1 4}\n",
        ("a", "b"),
        [[1, 0], [0, 2.5], [3, 4]],
        ["y", "x", "x"],
        "",
    ),
    "arff comments": (
        "% hello\n@RELATION r\n\n@ATTRIBUTE a REAL\n@ATTRIBUTE c {'p q',y}\n@DATA\n1,'p q'\n% no\n2,y\n3,'p q'\n",
        ("a",),
        [[1], [2], [3]],
        ["p q", "y", "p q"],
        "",
    ),
    "form feed": ("a,b,c\n1,2,x\n\x0c3,4,y\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "tab with commas": ("a\tb\tc\n1,5\t2,5\tx\n3,5\t4,5\ty\n", ("a", "b"), [[1.5, 2.5], [3.5, 4.5]], ["x", "y"], ""),
    "years": (
        "country,2019,2020\nx,1.5,2\ny,3,4.5\nx,1,1\n",
        ("country=x", "country=y", "2019"),
        [[1, 0, 1.5], [0, 1, 3], [1, 0, 1]],
        [2, 4.5, 1],
        "Each category became an input of 0 and 1: 'country'.",
    ),
    "emoji": ("größe 🙂,c\n1,😀\n2,😢\n3,😀\n", ("größe 🙂",), [[1], [2], [3]], ["😀", "😢", "😀"], ""),
    "quoted numbers": ('"a","b","c"\n"1","2","x"\n"3","4","y"\n', ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "sep comma": ("sep=,\r\na,b,c\r\n1,2,x\r\n3,4,y\r\n", ("a", "b"), [[1, 2], [3, 4]], ["x", "y"], ""),
    "ragged quote": (
        'a,b\n1,x\n2,"y"z"\n3,x\n',
        ("a",),
        [[1], [2], [3]],
        ["x", 'yz"', "x"],
        "Line 3 has a quotation mark within a cell; check that it was read as meant.",
    ),
    "text target missing marks": (
        "a,c\n1,x\n2,?\n3,\n4,y\n5,x\n",
        ("a",),
        [[1], [4], [5]],
        ["x", "y", "x"],
        "2 of 5 rows are incomplete and were left out.",
    ),
    "dash label": ("a,c\n1,-\n2,+\n3,-\n4,+\n", ("a",), [[1], [2], [3], [4]], ["-", "+", "-", "+"], ""),
    "tuple target two": (
        "a,b,p,q\n1.5,2,0,1\n2.5,1,1,0\n3.5,5,0,1\n",
        ("a", "b"),
        [[1.5, 2], [2.5, 1], [3.5, 5]],
        ["q", "p", "q"],
        "The columns 'p', 'q' of 0 and 1 were read as classes.",
    ),
    "control names": ("a\x07b,\u202eb,c\n1,2,x\n3,4,y\n", ("a\x07b", "\u202eb"), [[1, 2], [3, 4]], ["x", "y"], ""),
}
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "names": (
        "a,name\n0.0,n0\n1.5,n1\n3.0,n2\n4.5,n3\n6.0,n4\n7.5,n5\n9.0,n6\n10.5,n7\n12.0,n8\n13.5,n9\n15.0,n10\n16.5,n11\n",
        "t.csv: column 'name' has 12 different texts in 12 rows, so there is nothing to learn about any of them; choose another target.",
    ),
    "short": (
        "a,b,c\n1,2,x\n3,4\n5,6,y\n",
        "t.csv, line 3: the row has 2 cells, but the header has 3 columns; complete short rows, or have them filled.",
    ),
    "long": (
        "a,b,c\n1,2,x\n3,4,y,9\n5,6,y\n",
        "t.csv, line 3: there are 4 cells, but the header has 3 columns; give every row as many cells.",
    ),
    "single": ("a\n1\n2\n", "t.csv has no column beside the target 'a'; add features."),
    "onlyh": ("a,b,c\n", "t.csv has a header but no rows; add at least two rows."),
    "onerow": ("a,b,c\n1,2,x\n", "t.csv has only 1 row; a network needs at least two to learn from."),
    "oneclass": (
        "a,b,c\n1,2,x\n2,3,x\n3,4,x\n",
        "t.csv: all rows have the same 'c' (x); there is nothing to tell apart.",
    ),
    "json": (
        '[{"a":1},{"a":2}]',
        "t.csv is a JSON file; save its rows as CSV, in Python with pandas.read_json('file.json').to_csv('table.csv', index=False).",
    ),
    "html": ("<!DOCTYPE html><html>", "t.csv is a web page; choose a table, such as a CSV file."),
    "rtf": ("{\\rtf1 a}", "t.csv is a text document (RTF); choose a table, such as a CSV file."),
    "lfs": (
        "version https://git-lfs.github.com/spec/v1\n",
        "t.csv is only a Git LFS pointer; the table itself was not downloaded; choose a table, such as a CSV file.",
    ),
    "units": (
        "a [cm],b\n1 cm,x\n2 cm,y\n3 cm,x\n",
        "t.csv has no column beside the target 'b' that can be learnt from ('a [cm]': 3 different texts in 3 rows); give one of them the role of a feature.",
    ),
    "nul": (
        b"a,b\n1,2\n3,\x004\n",
        "t.csv, line 3, byte 11: there is a NUL byte, so it is no text; save the table as CSV in UTF-8.",
    ),
    "five": (
        "a,b\n1.5,u\n2.5,v\n3,w\n4,q\n5,r\n",
        "t.csv: column 'b' has 5 different texts in 5 rows, so there is nothing to learn about any of them; choose another target.",
    ),
    "plain json line": (
        '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n',
        "t.csv is a JSON file; save its rows as CSV, in Python with pandas.read_json('file.json').to_csv('table.csv', index=False).",
    ),
    "pickle": (
        b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00K\x01.",
        "t.csv is a Python pickle, which could run any program when it is opened; save what it holds with df.to_csv('table.csv', index=False) or numpy.savez('table.npz', X=X, y=y).",
    ),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "t.csv is a picture; choose a table, such as a CSV file."),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "t.csv is a picture; choose a table, such as a CSV file."),
    "pdf": (b"%PDF-1.4\n%...", "t.csv is a PDF document; choose a table, such as a CSV file."),
    "svg": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "t.csv is a picture; choose a table, such as a CSV file."),
    "xml": ('<?xml version="1.0"?><a/>', "t.csv is an XML file; choose a table, such as a CSV file."),
    "damaged utf8": (
        b"a,\xc3\xa4\n1,\xc3\xbc\n2,\xc3\xa9\n3,\xff\n",
        "t.csv, line 4, byte 18: the text is damaged UTF-8; save the table again as CSV in UTF-8.",
    ),
    "utf16 no mark": (
        b"a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00",
        "t.csv, line 1, byte 2: the text is UTF-16 without its mark; save the table as CSV in UTF-8.",
    ),
    "unclosed quote": (
        'a,b,c\n1,2,"x\n3,4,y\n',
        't.csv, line 2: a quotation mark is never closed; put whole cells into quotes, and write a quote in them as "".',
    ),
    "blank": ("  \n \n", "t.csv is empty; a table needs a header line and rows."),
    "no features": (
        "name,id,c\nAnn,7,x\nBob,3,y\nCid,9,x\nDan,4,y\nEve,1,x\n",
        "t.csv has no column beside the target 'c' that can be learnt from ('name': different in every row, 'id': numbers that only name a row); give one of them the role of a feature.",
    ),
    "too large": (
        "a,c\n1,x\n1e31,y\n2,x\n",
        "t.csv, line 3: column 'a' has '1e31'; numbers must be finite and at most 1e30.",
    ),
    "overflow": (
        "a,c\n1,x\n1e999,y\n2,x\n",
        "t.csv, line 3: column 'a' has '1e999'; numbers must be finite and at most 1e30.",
    ),
    "nothing complete": (
        "a,b,c\n1,,x\n,2,?\n3,,?\n,4,?\n",
        "t.csv has only 1 complete row of 4; two are needed: leave out the columns in which cells are missing, or fill them.",
    ),
    "arff bad": (
        "@relation r\n@attribute\n@data\n1\n",
        "t.csv, line 2: '@attribute' declares no column; write @attribute name type.",
    ),
    "arff none": ("@relation r\n@data\n1,2\n", "t.csv declares no @attribute; an ARFF file needs one for each column."),
    "single value target num": (
        "a,b\n1,2.5\n3,2.5\n4,2.5\n",
        "t.csv has no column beside the target 'a' that can be learnt from ('b': one value only); add a column of different values.",
    ),
    "short most": (
        "a,b,c\n1\n2\n3\n",
        "t.csv, line 2: 3 rows have fewer cells, but the header has 3 columns; give every row as many cells.",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_a_nasty_file_is_read(case, tmp_path):
    content, names, X, targets, note = READ[case]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    data = read_table(path)
    assert data.feature_names == names
    assert data.X.tolist() == X
    assert (data.y.ravel().tolist() if data.labels is None else data.labels.tolist()) == targets
    assert data.notes == () if not note else note in data.notes


@pytest.mark.parametrize("case", REFUSED)
def test_a_nasty_file_is_refused_with_one_sentence(case, tmp_path):
    content, sentence = REFUSED[case]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("case", READ)
def test_the_summary_promises_what_the_data_set_keeps(case):
    content = READ[case][0]
    table = open_table(content if isinstance(content, bytes) else content.encode(), name="t.csv")
    choices = default_choices(table)
    summary, data = summarise(table, choices), make_dataset(table, choices)
    assert (summary.problem, summary.inputs, summary.n_used) == ("", data.feature_names, data.n_samples)
    assert tuple(label for label, _ in summary.classes) == data.class_names
    assert list(summary.becomes) == [column.name for column in table.columns] == list(choices.columns)
