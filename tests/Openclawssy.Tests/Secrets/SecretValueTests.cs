using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Secrets;
using Xunit;

namespace Openclawssy.Tests.Secrets;

public sealed partial class SecretValueTests
{
    [Theory]
    [InlineData("")]
    [InlineData("1234567")]
    [InlineData("ééééééé")]
    [InlineData("        \n")]
    [InlineData("nul\0nul\0nul")]
    public void A_value_that_could_not_be_kept_out_of_texts_is_refused_without_being_shown(string text)
    {
        var refused = Assert.Throws<SecretException>(() => SecretValue.Of(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(SecretErrorCodes.Invalid, refused.Code);
        if (text.Trim().Length > 0) Assert.DoesNotContain(text, refused.Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_and_values_without_end_are_refused()
    {
        Assert.Throws<SecretException>(() => SecretValue.Of([.. "12345678"u8, 0xff]));
        Assert.Throws<SecretException>(() => SecretValue.Of(new byte[SecretValue.MaxBytes + 1]));
    }

    [Fact]
    public void A_value_is_overwritten_when_it_is_disposed()
    {
        var value = SecretValue.Of("hunter2-hunter2"u8);
        Assert.Equal("hunter2-hunter2", value.Reveal());
        value.Dispose();
        Assert.Equal(new byte[15], value.Utf8.ToArray());
    }

    [Fact]
    public void A_value_neither_prints_nor_serialises()
    {
        using var value = SecretValue.Of("hunter2-hunter2"u8);
        Assert.DoesNotContain("hunter2", $"{value} {new Holder(value, new NaiveValue("x"))}");
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new(value, new NaiveValue("x")), Json.Default.Holder));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize("""{"Value":"hunter2-hunter2"}""", Json.Default.Holder));
    }

    // A plain record is printed and written out; the checks above would see it.
    [Fact]
    public void The_check_catches_a_value_that_is_a_record() =>
        Assert.Contains("hunter2", JsonSerializer.Serialize(new(null, new NaiveValue("hunter2-hunter2")), Json.Default.Holder));

    internal sealed record Holder(SecretValue? Value, NaiveValue Naive);

    internal sealed record NaiveValue(string Text);

    [JsonSerializable(typeof(Holder))]
    sealed partial class Json : JsonSerializerContext;
}
