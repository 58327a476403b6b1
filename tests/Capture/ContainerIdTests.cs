using System.Text;
using Syscribe.Capture.State;

namespace Syscribe.Capture.Tests;

public sealed class ContainerIdTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Short = "0123456789ab";

    [Theory]
    [InlineData("/docker/" + Id, Short)]
    [InlineData("/system.slice/docker-" + Id + ".scope", Short)]
    [InlineData("/docker/" + Id + "/init.scope", Short)]
    [InlineData("/docker/" + Id + "/system.slice/nginx.service", Short)]
    [InlineData("/kubepods/burstable/pod11111111-2222-3333-4444-555555555555/" + Id, Short)]
    [InlineData("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-" + Id + ".scope", Short)]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/crio-" + Id + ".scope", Short)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope", Short)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", Short)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope", Short)]
    [InlineData("/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" + Id, Short)]
    [InlineData("/default/" + Id, Short)]
    [InlineData(Id, Short)]
    [InlineData("/", "host")]
    [InlineData("", "host")]
    [InlineData("/some_service/f3b5b775fab77843e8a69944106e3eaf", "host")]
    [InlineData("/docker/0123456789ab", "host")]
    [InlineData("/docker/" + Id + "0", "host")]
    [InlineData("/docker/x" + Id, "host")]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope", "host")]
    [InlineData("/kubepods.slice/crio-conmon-" + Id + ".scope", "host")]
    [InlineData("/docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF", "host")]
    [InlineData("/user.slice/user-0.slice/session-1.scope", "host")]
    public void Only_a_component_of_64_digits_names_a_container(string cgroup, string id) =>
        Assert.Equal(id, ContainerId.Find(Encoding.UTF8.GetBytes(cgroup)).ToString());
}
