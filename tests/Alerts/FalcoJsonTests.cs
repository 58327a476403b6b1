using System.Text;
using System.Text.Json;
using Syscribe.Events;

namespace Syscribe.Alerts.Tests;

public sealed class FalcoJsonTests
{
    private static readonly FalcoJson Utc = new(TimeZoneInfo.Utc);

    [Fact]
    public void An_alert_is_one_line_with_alphabetical_keys_and_kept_types() => Assert.Equal(
        """{"hostname":"node-1","output":"22:13:20.123456789: Warning Sensitive file opened (file=/etc/shadow)","output_fields":{"evt.ratio":0.5,"evt.time":1700000000123456789,"proc.aname[2]":"bash","proc.duration":null,"proc.is_exe_writable":false,"user.uid":0},"priority":"Warning","rule":"Read sensitive file untrusted","source":"syscall","tags":["T1555","filesystem"],"time":"2023-11-14T22:13:20.123456789Z"}""",
        Utc.Format(Sample.Alert()));

    [Fact]
    public void The_time_of_the_output_is_in_the_zone_and_the_others_in_UTC()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(5.5), null, null);
        var json = JsonDocument.Parse(new FalcoJson(zone).Format(Sample.Alert())).RootElement;

        Assert.StartsWith("03:43:20.123456789: Warning ", json.GetProperty("output").GetString());
        Assert.Equal("2023-11-14T22:13:20.123456789Z", json.GetProperty("time").GetString());
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(1, "1970-01-01T00:00:00.000000001Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Times_have_nine_digits_whatever_they_are(long timeNs, string expected)
    {
        var alert = Sample.Alert();
        alert.TimeNs = timeNs;

        Assert.Equal(expected, JsonDocument.Parse(Utc.Format(alert)).RootElement.GetProperty("time").GetString());
    }

    [Fact]
    public void Output_fields_are_never_empty()
    {
        var alert = Sample.Alert();
        alert.OutputFields = [];

        var fields = JsonDocument.Parse(Utc.Format(alert)).RootElement.GetProperty("output_fields");
        Assert.Equal("evt.time", Assert.Single(fields.EnumerateObject()).Name);
    }

    [Fact]
    public void The_event_time_of_the_alert_wins_over_a_field_of_that_name()
    {
        var alert = Sample.Alert();
        alert.OutputFields["evt.time"] = "22:13:20";

        var time = JsonDocument.Parse(Utc.Format(alert)).RootElement.GetProperty("output_fields").GetProperty("evt.time");
        Assert.Equal(alert.TimeNs, time.GetInt64());
    }

    [Fact]
    public void What_a_process_chose_can_neither_end_the_line_nor_control_a_terminal()
    {
        var alert = Sample.Alert();
        alert.Message = "a\nb\r\u001b[31m\u0007\u0000\u007f\u009b2J\u2028\"\\</script>\ud800";
        alert.OutputFields["proc.cmdline"] = "x\ty\u0085";

        var line = Utc.Format(alert);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u2028');
        Assert.EndsWith("a\uFFFDb\uFFFD\uFFFD[31m\uFFFD\uFFFD\uFFFD\uFFFD2J\uFFFD\"\\</script>\uFFFD", json.GetProperty("output").GetString());
        Assert.Equal("x\uFFFDy\uFFFD", json.GetProperty("output_fields").GetProperty("proc.cmdline").GetString());
    }

    [Fact]
    public void Invalid_UTF8_becomes_U_FFFD_and_valid_text_of_any_plane_stays()
    {
        var alert = Sample.Alert();
        alert.Message = Utf8.Copy([(byte)'a', 0xff, 0xc3, (byte)'b', 0xf0, 0x9f, 0x98, 0x80]).ToString();

        Assert.EndsWith("a\uFFFD\uFFFDb\U0001F600", JsonDocument.Parse(Utc.Format(alert)).RootElement.GetProperty("output").GetString());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_number_that_JSON_cannot_write_is_null(double number)
    {
        var alert = Sample.Alert();
        alert.OutputFields["n"] = number;

        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(Utc.Format(alert)).RootElement.GetProperty("output_fields").GetProperty("n").ValueKind);
    }

    [Fact]
    public void A_field_of_a_type_that_an_alert_cannot_hold_is_an_error()
    {
        var alert = Sample.Alert();
        alert.OutputFields["n"] = 1.0m;

        Assert.Contains("System.Decimal", Assert.Throws<ArgumentException>(() => Utc.Format(alert)).Message);
    }

    [Fact]
    public void Every_alert_has_the_shape_that_readers_of_Falco_expect()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "falco-alert.schema.json")));
        foreach (var priority in Enum.GetValues<AlertPriority>())
        {
            var alert = Sample.Alert();
            alert.Priority = priority;
            using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(Utc.Format(alert)));

            Assert.Empty(JsonShape.Violations(schema.RootElement, json.RootElement));
        }
    }

    [Theory]
    [InlineData("\"time\":\"2023-11-14T22:13:20.123456789Z\"", "\"time\":\"2023-11-14T22:13:20.123Z\"", "$.time")]
    [InlineData("\"priority\":\"Warning\"", "\"priority\":\"warning\"", "$.priority")]
    [InlineData("\"rule\":\"Read sensitive file untrusted\",", "", "$: no rule")]
    [InlineData("\"hostname\":", "\"extra\":1,\"hostname\":", "$.extra")]
    [InlineData("[\"T1555\",\"filesystem\"]", "[\"T1555\",\"T1555\"]", "$.tags")]
    public void The_shape_refuses_what_is_not_it(string part, string replacement, string expected)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "falco-alert.schema.json")));
        var text = Utc.Format(Sample.Alert());
        Assert.Contains(part, text);
        using var json = JsonDocument.Parse(text.Replace(part, replacement));

        Assert.Contains(JsonShape.Violations(schema.RootElement, json.RootElement), v => v.StartsWith(expected, StringComparison.Ordinal));
    }
}
