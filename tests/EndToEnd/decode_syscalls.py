"""Reads syscalls.v1 with stock clients only: confluent_kafka, and the registry's REST interface.

usage: decode_syscalls.py BOOTSTRAP REGISTRY COUNT
Prints COUNT events as JSON lines. The Avro decoding below follows the specification (Avro 1.12, "Binary Encoding") and
knows nothing of Syscribe but what the schema says.
"""
import json
import struct
import sys
import urllib.request

from confluent_kafka import Consumer


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count < 0 or self.at + count > len(self.data):
            raise ValueError("record ends inside a value")
        self.at += count
        return self.data[self.at - count:self.at]

    def long(self):
        shift = value = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)


def blocks(reader, item):
    while count := reader.long():
        if count < 0:
            reader.long()
        for _ in range(abs(count)):
            yield item()


def decode(schema, reader, names):
    if isinstance(schema, list):
        return decode(schema[reader.long()], reader, names)
    if isinstance(schema, str):
        if schema in names:
            return decode(names[schema], reader, names)
        if schema == "null":
            return None
        if schema == "boolean":
            return reader.take(1) == b"\x01"
        if schema in ("int", "long"):
            return reader.long()
        if schema == "double":
            return struct.unpack("<d", reader.take(8))[0]
        if schema == "bytes":
            return reader.take(reader.long()).hex()
        if schema == "string":
            return reader.take(reader.long()).decode("utf-8", "replace")
        raise ValueError("unknown type " + schema)
    kind = schema["type"]
    if kind == "record":
        names[schema["name"]] = schema
        return {field["name"]: decode(field["type"], reader, names) for field in schema["fields"]}
    if kind == "enum":
        return schema["symbols"][reader.long()]
    if kind == "array":
        return list(blocks(reader, lambda: decode(schema["items"], reader, names)))
    if kind == "map":
        return dict(blocks(reader, lambda: (decode("string", reader, names), decode(schema["values"], reader, names))))
    return decode(kind, reader, names)


def main(bootstrap, registry, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "python-reader", "auto.offset.reset": "earliest"})
    consumer.subscribe(["syscalls.v1"])
    schemas, done = {}, 0
    while done < count:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        value = message.value()
        magic, schema_id = struct.unpack(">bI", value[:5])
        assert magic == 0, "not Confluent's wire format"
        if schema_id not in schemas:
            with urllib.request.urlopen(f"{registry.rstrip('/')}/schemas/ids/{schema_id}") as answer:
                schemas[schema_id] = json.loads(json.load(answer)["schema"])
        reader = Reader(value[5:])
        event = decode(schemas[schema_id], reader, {})
        assert reader.at == len(reader.data), "bytes are left over"
        print(json.dumps(event))
        done += 1
    consumer.close()


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
