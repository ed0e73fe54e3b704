namespace ArtSimilarity.Studio;

/// <summary>Smooth, repeatable randomness over the plane: ridges, clouds and waves.</summary>
internal sealed class Noise(int seed)
{
    /// <summary>Fractal value noise, 0 to 1.</summary>
    public double Fractal(double x, double y, int octaves = 3)
    {
        double sum = 0, weight = 0.5, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += weight * Smooth(x, y, i);
            total += weight;
            weight /= 2;
            x *= 2.03;
            y *= 2.03;
        }

        return sum / total;
    }

    private double Smooth(double x, double y, int octave)
    {
        double floorX = Math.Floor(x), floorY = Math.Floor(y);
        double u = Fade(x - floorX), v = Fade(y - floorY);
        int column = (int)floorX, row = (int)floorY;
        double top = Lattice(column, row, octave) + (u * (Lattice(column + 1, row, octave) - Lattice(column, row, octave)));
        double bottom = Lattice(column, row + 1, octave) + (u * (Lattice(column + 1, row + 1, octave) - Lattice(column, row + 1, octave)));
        return top + (v * (bottom - top));
    }

    private static double Fade(double t) => t * t * (3 - (2 * t));

    private double Lattice(int column, int row, int octave)
    {
        unchecked
        {
            uint hash = ((uint)column * 374761393u) + ((uint)row * 668265263u) + ((uint)octave * 2246822519u) + ((uint)seed * 3266489917u);
            hash = (hash ^ (hash >> 13)) * 1274126177u;
            return (hash ^ (hash >> 16)) / (double)uint.MaxValue;
        }
    }
}
