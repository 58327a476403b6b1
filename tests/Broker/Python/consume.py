"""Consumes COUNT records of TOPIC and prints each as a line of JSON: what a stranger with stock clients would write.

usage: consume.py BOOTSTRAP REGISTRY_URL TOPIC COUNT

The schema comes from the registry's REST API by the id in the record; Avro binary is decoded here, by the schema alone.
"""
import json
import struct
import sys
import urllib.request

from confluent_kafka import Consumer


class Decoder:
    def __init__(self, data, names):
        self.data, self.at, self.names = data, 0, names

    def take(self, count):
        if count < 0 or self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def long(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def blocks(self):
        while (count := self.long()) != 0:
            if count < 0:
                self.long()
            yield from range(abs(count))

    def read(self, schema):
        if isinstance(schema, list):
            return self.read(schema[self.long()])
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind in self.names and isinstance(schema, str):
            return self.read(self.names[schema])
        if kind == "record":
            return {field["name"]: self.read(field["type"]) for field in schema["fields"]}
        if kind == "array":
            return [self.read(schema["items"]) for _ in self.blocks()]
        if kind == "map":
            return {self.read("string"): self.read(schema["values"]) for _ in self.blocks()}
        if kind == "enum":
            return schema["symbols"][self.long()]
        if kind in ("int", "long"):
            return self.long()
        if kind == "string":
            return self.take(self.long()).decode("utf-8")
        if kind == "bytes":
            return self.take(self.long()).hex()
        if kind == "boolean":
            return self.take(1) == b"\1"
        if kind == "double":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "null":
            return None
        raise ValueError(f"type {kind}")


def main():
    bootstrap, registry, topic, count = sys.argv[1:]
    schemas = {}
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "python", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    left = int(count)
    while left:
        record = consumer.poll(30)
        if record is None or record.error():
            sys.exit(f"no record: {record and record.error()}")
        magic, schema_id = struct.unpack(">bI", record.value()[:5])
        if magic != 0:
            sys.exit(f"magic byte {magic}")
        if schema_id not in schemas:
            with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}") as answer:
                schemas[schema_id] = json.loads(json.load(answer)["schema"])
        decoder = Decoder(record.value()[5:], {})
        value = decoder.read(schemas[schema_id])
        if decoder.at != len(decoder.data):
            sys.exit(f"{len(decoder.data) - decoder.at} bytes left")
        print(json.dumps(value))
        left -= 1
    consumer.close()


main()
