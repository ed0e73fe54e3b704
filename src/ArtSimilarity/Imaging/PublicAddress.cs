using System.Net;
using System.Net.Sockets;

namespace ArtSimilarity.Imaging;

/// <summary>Tells addresses of the public Internet from others, by IANA's registries of special-purpose addresses (RFC 6890).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Protocols, tunnels (Teredo, 6to4) and examples.</summary>
    private static readonly IPNetwork[] Special6 =
        [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    /// <summary>Addresses of IPv4 behind a translator (NAT64); the last four bytes are the address.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !Special4.Any(network => network.Contains(address));
        }

        return Translated.Contains(address)
            ? Is(new IPAddress(address.GetAddressBytes().AsSpan(12)))
            : Global6.Contains(address) && !Special6.Any(network => network.Contains(address));
    }
}
