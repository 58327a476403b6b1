using System.Collections.Concurrent;
using Avro;
using Avro.Generic;
using Avro.IO;

namespace Syscribe.Events;

/// <summary>Brings data of one writer's schema to a schema of ours, by Avro's rules: the slow path, for other versions than ours.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class SchemaResolver
{
    // Keyed by our own texts only, of which there are three.
    private static readonly ConcurrentDictionary<string, Schema> Parsed = new();

    private readonly Schema _ours;
    private readonly Lazy<GenericReader<GenericRecord>> _reader;

    /// <param name="writerText">Schema of the data.</param>
    /// <param name="oursText">One of <see cref="Schemas"/>.</param>
    /// <exception cref="AvroException">The text is no schema, or one that ours cannot read.</exception>
    public SchemaResolver(string writerText, string oursText)
    {
        _ours = Parsed.GetOrAdd(oursText, Parse);
        var writer = writerText == oursText ? _ours : Parse(writerText);
        if (!_ours.CanRead(writer))
            throw new AvroException($"schema {writer.Fullname} cannot be read as {_ours.Fullname}");

        // Docs and other attributes that do not bear on the bytes are left out of this comparison.
        IsOurs = ReferenceEquals(writer, _ours) || SchemaNormalization.ToParsingForm(writer) == SchemaNormalization.ToParsingForm(_ours);
        _reader = new(() => new GenericReader<GenericRecord>(writer, _ours));
    }

    /// <summary>Whether the bytes mean the same as with our schema.</summary>
    public bool IsOurs { get; }

    /// <summary>A schema of its text.</summary>
    /// <exception cref="AvroException">It is none; Apache.Avro's own parser throws a dozen kinds, or gives null.</exception>
    public static Schema Parse(string text)
    {
        try
        {
            return Schema.Parse(text) ?? throw new AvroException("it names no type of Avro");
        }
        catch (Exception e) when (e is Newtonsoft.Json.JsonException or FormatException or ArgumentException or InvalidCastException or InvalidOperationException or NullReferenceException)
        {
            throw new SchemaParseException(e.Message);
        }
    }

    /// <summary>Reads one record with the fields of our schema, and gives the bytes that it takes.</summary>
    /// <exception cref="AvroFormatException">The bytes are not of the writer's schema.</exception>
    public GenericRecord Read(byte[] bytes, int offset, int length, out int consumed)
    {
        var decoder = new BoundedDecoder(bytes, offset, length);
        try
        {
            // Null is "no record to reuse"; Apache.Avro's signature does not say so.
            var record = _reader.Value.Read(null!, decoder);
            consumed = decoder.Consumed;
            return record;
        }
        catch (AvroException e) when (Innermost(e) is AvroFormatException wrong)
        {
            // Apache.Avro wraps what its decoder throws once for each record that it is in.
            throw new AvroFormatException(wrong);
        }
        catch (Exception e) when (e is AvroException or ArgumentException or InsufficientExecutionStackException or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException)
        {
            // What Apache.Avro throws on an unknown union branch or enum ordinal.
            throw new AvroFormatException(AvroFault.Corrupt, "of the writer's schema", decoder.Consumed, e.Message);
        }
    }

    /// <summary>Reads one record as Avro binary of our schema.</summary>
    /// <exception cref="AvroFormatException">The bytes are not of the writer's schema.</exception>
    public byte[] Resolve(byte[] bytes, int offset, int length, out int consumed)
    {
        using var output = new MemoryStream(length);
        new GenericWriter<GenericRecord>(_ours).Write(Read(bytes, offset, length, out consumed), new BinaryEncoder(output));
        return output.ToArray();
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
