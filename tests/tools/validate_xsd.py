"""Validates an XML document on the standard input against a schema: validate_xsd.py SCHEMA"""

import sys

from lxml import etree

schema = etree.XMLSchema(etree.parse(sys.argv[1]))
document = etree.parse(sys.stdin.buffer)
if not schema.validate(document):
    sys.exit("\n".join(f"line {error.line}: {error.message}" for error in schema.error_log))
