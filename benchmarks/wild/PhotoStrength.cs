namespace ArtSimilarity.Wild;

/// <summary>How far a photograph is from the reproduction it shows. Each pair is a range that is drawn from evenly.</summary>
/// <param name="Fill">The share of the photograph's narrower side that the framed picture takes.</param>
/// <param name="Offset">How far its middle lies from the photograph's, as a share of the room left; above 1 it is cut off.</param>
/// <param name="Yaw">The largest turn about the vertical, in degrees.</param>
/// <param name="Pitch">The largest turn about the horizontal, in degrees.</param>
/// <param name="Roll">The largest turn of the camera, in degrees.</param>
/// <param name="Brightness">The factor of all colours.</param>
/// <param name="Cast">The largest change of one colour's factor.</param>
/// <param name="Glare">The largest share of white that is laid over.</param>
/// <param name="Blur">The standard deviation of the blur, in pixels.</param>
/// <param name="Noise">The largest standard deviation of the noise, of 255.</param>
/// <param name="Quality">JPEG's quality.</param>
/// <param name="Clutter">How many other things hang on the wall, at most.</param>
internal sealed record PhotoStrength(
    (double, double) Fill, double Offset, double Yaw, double Pitch, double Roll, (double, double) Brightness, double Cast, double Glare,
    (double, double) Blur, double Noise, (double, double) Quality, int Clutter)
{
    public static PhotoStrength Mild { get; } = new((0.64, 0.76), 0.15, 14, 8, 2, (0.85, 1.1), 0.08, 0.25, (0.4, 1), 3, (75, 92), 0);

    public static PhotoStrength Strong { get; } = new((0.34, 0.98), 1.15, 32, 16, 6, (0.55, 1.1), 0.18, 0.45, (0.6, 1.6), 8, (50, 85), 5);
}
