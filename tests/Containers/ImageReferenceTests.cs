namespace Syscribe.Containers.Tests;

public sealed class ImageReferenceTests
{
    private const string Id = "3fbc632167424a6d997e74f52b878d7cc478225cffac6bc977eedfe51c7f4e79";

    [Theory]
    [InlineData("busybox", "busybox", "", "")]
    [InlineData("busybox:1.36", "busybox", "1.36", "")]
    [InlineData("registry:5000/team/app", "registry:5000/team/app", "", "")]
    [InlineData("registry:5000/team/app:2", "registry:5000/team/app", "2", "")]
    [InlineData("app@sha256:ab", "app", "", "sha256:ab")]
    [InlineData("registry:5000/app:2@sha256:ab", "registry:5000/app", "2", "sha256:ab")]
    public void A_name_is_split(string name, string repository, string tag, string digest) =>
        Assert.Equal(new ImageReference(repository, tag, digest), ImageReference.Parse(name));

    [Theory]
    [InlineData("busybox", "busybox", "latest", "sha256:cd")]
    [InlineData("busybox:1.36", "busybox", "1.36", "sha256:cd")]
    [InlineData("busybox@sha256:ef", "busybox", "", "sha256:ef")]
    [InlineData("sha256:" + Id, "other/busybox", "9", "sha256:ab")]
    [InlineData("3fbc63216742", "other/busybox", "9", "sha256:ab")]
    [InlineData("", "other/busybox", "9", "sha256:ab")]
    public void A_name_is_completed_from_the_image(string name, string repository, string tag, string digest) =>
        Assert.Equal(
            new ImageReference(repository, tag, digest),
            ImageReference.Complete(name, "sha256:" + Id, ["other/busybox:9"], ["other/busybox@sha256:ab", "busybox@sha256:cd"]));

    [Fact]
    public void An_image_that_is_gone_leaves_what_the_name_says() =>
        Assert.Equal(new ImageReference("", "", ""), ImageReference.Complete("sha256:" + Id, "", [], []));
}
